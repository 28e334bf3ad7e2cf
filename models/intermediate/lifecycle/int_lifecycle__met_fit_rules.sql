-- Grain: one row per person or account and fit rule that it meets, in force or not.

with

fit_rules as (

    select * from {{ ref('scoring_rules') }}
    where dimension = 'fit'

),

fit_attributes as (

    select * from {{ ref('int_lifecycle__fit_attributes') }}

),

values_to_judge as (

    select
        fit_attributes.subject,
        fit_attributes.subject_key,
        fit_rules.rule_id,
        fit_rules.points,
        fit_rules.operator,
        lower(fit_rules.value) as given_text,
        try_cast(fit_rules.value as double) as given_number,
        case
            when fit_rules.column_name = 'is_customer'
                then cast(fit_attributes.is_customer as string)
            else {{ attribute_text('fit_rules.column_name', 'fit_attributes') }}
        end as text_value,
        {{ attribute_number('fit_rules.column_name', 'fit_attributes') }}
            as number_value,
        fit_rules.effective_from,
        coalesce(fit_rules.effective_to, cast('9999-12-31' as date)) as effective_to
    from fit_attributes
    inner join fit_rules
        on fit_attributes.subject = fit_rules.subject

),

met_fit_rules as (

    select
        subject,
        subject_key,
        rule_id,
        points,
        effective_from,
        effective_to
    from values_to_judge
    where {{ is_met() }}

)

select * from met_fit_rules
