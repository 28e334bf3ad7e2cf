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
        fit_attributes.subject_id,
        fit_rules.rule_id,
        fit_rules.points,
        fit_rules.operator,
        lower(fit_rules.value) as given_text,
        try_cast(fit_rules.value as double) as given_number,
        case fit_rules.column_name
            when 'country' then lower(fit_attributes.country)
            when 'email_domain' then lower(fit_attributes.email_domain)
            when 'industry' then lower(fit_attributes.industry)
            when 'is_customer' then cast(fit_attributes.is_customer as varchar)
            when 'is_freemail' then cast(fit_attributes.is_freemail as varchar)
            when 'lead_source' then lower(fit_attributes.lead_source)
            when 'segment' then lower(fit_attributes.segment)
            when 'seniority' then lower(fit_attributes.seniority)
            when 'territory' then lower(fit_attributes.territory)
            when 'title' then lower(fit_attributes.title)
        end as text_value,
        case fit_rules.column_name
            when 'annual_revenue_usd'
                then cast(fit_attributes.annual_revenue_usd as double)
            when 'employee_count' then cast(fit_attributes.employee_count as double)
        end as number_value,
        fit_rules.effective_from,
        coalesce(fit_rules.effective_to, cast('9999-12-31' as date)) as effective_to
    from fit_attributes
    inner join fit_rules
        on fit_attributes.subject = fit_rules.subject

),

met_fit_rules as (

    select
        subject,
        subject_id,
        rule_id,
        points,
        effective_from,
        effective_to
    from values_to_judge
    where {{ is_met() }}

)

select * from met_fit_rules
