-- Grain: one row per touch of a known person and engagement rule that it fires.
-- Rules are held against each value once, not against each touch.

with

engagement_rules as (

    select
        rule_id,
        column_name,
        operator,
        lower(value) as given_text,
        try_cast(value as double) as given_number,
        effective_from,
        coalesce(effective_to, cast('9999-12-31' as date)) as effective_to
    from {{ ref('scoring_rules') }}
    where dimension = 'engagement'

),

touch_values as (

    select * from {{ ref('int_lifecycle__touch_values') }}

),

distinct_values as (

    select
        column_name,
        text_value
    from touch_values
    group by
        column_name,
        text_value

),

values_to_judge as (

    select
        distinct_values.column_name,
        distinct_values.text_value,
        cast(null as double) as number_value,
        engagement_rules.rule_id,
        engagement_rules.operator,
        engagement_rules.given_text,
        engagement_rules.given_number,
        engagement_rules.effective_from,
        engagement_rules.effective_to
    from distinct_values
    inner join engagement_rules
        on distinct_values.column_name = engagement_rules.column_name

),

met_values as (

    select * from values_to_judge
    where {{ is_met() }}

),

judged_touches as (

    select
        touch_values.touchpoint_id,
        touch_values.person_key,
        met_values.rule_id,
        touch_values.touched_at
    from touch_values
    inner join met_values
        on
            touch_values.column_name = met_values.column_name
            and touch_values.text_value = met_values.text_value
            and {{ reporting_date('touch_values.touched_at') }}
            >= met_values.effective_from
            and {{ reporting_date('touch_values.touched_at') }}
            < met_values.effective_to

)

select * from judged_touches
