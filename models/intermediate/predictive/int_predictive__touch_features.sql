-- Grain: one row per lead and feature of behaviour that is not zero: how many touches
-- of a kind the person had, up to the scoring moment and inside the feature's window.
-- Stitched visits are out: whose they were may have come to light only later.

with

scored_leads as (

    select
        lead_id,
        person_id,
        scored_at
    from {{ ref('int_predictive__scored_leads') }}

),

touchpoints as (

    select
        person_id,
        coalesce(touch_type, '') as touch_type,
        channel,
        touched_at
    from {{ ref('fct_touchpoints') }}
    where
        person_id is not null
        and not is_stitched

),

touch_kinds as (

    select
        touch_type,
        channel
    from touchpoints
    group by
        touch_type,
        channel

),

features as (

    select
        feature,
        touch_type,
        channel,
        coalesce(window_days, 36500) as window_days
    from {{ ref('score_features') }}
    where measure = 'touches'

),

featured_kinds as (

    select
        touch_kinds.touch_type,
        touch_kinds.channel,
        features.feature,
        features.window_days
    from touch_kinds
    inner join features
        on
            coalesce(features.touch_type, touch_kinds.touch_type)
            = touch_kinds.touch_type
            and coalesce(features.channel, touch_kinds.channel) = touch_kinds.channel

),

lead_touches as (

    select
        scored_leads.lead_id,
        touchpoints.touch_type,
        touchpoints.channel,
        {{ dbt.datediff('touchpoints.touched_at', 'scored_leads.scored_at', 'day') }}
            as age_days,
        count(*) as touches
    from scored_leads
    inner join touchpoints
        on
            scored_leads.person_id = touchpoints.person_id
            and scored_leads.scored_at >= touchpoints.touched_at
    group by
        scored_leads.lead_id,
        touchpoints.touch_type,
        touchpoints.channel,
        age_days

),

touch_features as (

    select
        lead_touches.lead_id,
        featured_kinds.feature,
        cast(sum(lead_touches.touches) as double) as number_value
    from lead_touches
    inner join featured_kinds
        on
            lead_touches.touch_type = featured_kinds.touch_type
            and lead_touches.channel = featured_kinds.channel
            and lead_touches.age_days <= featured_kinds.window_days
    group by
        lead_touches.lead_id,
        featured_kinds.feature

)

select * from touch_features
