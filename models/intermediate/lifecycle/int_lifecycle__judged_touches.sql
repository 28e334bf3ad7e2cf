-- Grain: one row per touch of a known person up to as_of and engagement rule that it
-- fires.

{{ config(materialized='view') }}

with

met_values as (

    select * from {{ ref('int_lifecycle__met_values') }}

),

fired_rules as (

    select
        counted_touches.person_key,
        met_values.rule_id,
        met_values.effective_from,
        met_values.effective_to,
        counted_touches.touched_at
    from {{ ref('int_lifecycle__counted_touches') }} as counted_touches
    inner join met_values
        on
            counted_touches.touch_type = met_values.touch_type
            and counted_touches.channel = met_values.channel
            and counted_touches.campaign_id = met_values.campaign_id
    union all
    select
        counted_touches.person_key,
        met_values.rule_id,
        met_values.effective_from,
        met_values.effective_to,
        counted_touches.touched_at
    from {{ ref('int_lifecycle__landing_pages') }} as landing_pages
    inner join met_values
        on landing_pages.landing_page = met_values.landing_page
    inner join {{ ref('int_lifecycle__counted_touches') }} as counted_touches
        on landing_pages.touchpoint_id = counted_touches.touchpoint_id

),

judged_touches as (

    select
        person_key,
        rule_id,
        touched_at
    from fired_rules
    where
        {{ reporting_date('touched_at') }} >= effective_from
        and {{ reporting_date('touched_at') }} < effective_to

)

select * from judged_touches
