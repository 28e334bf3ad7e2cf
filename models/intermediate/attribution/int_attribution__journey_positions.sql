-- Grain: one row per conversion and touchpoint that a model may credit.
-- Journeys without a creditable touch are absent: they are unattributed. A direct touch
-- is kept only where it is the literal last one of a journey that has others.
-- A milestone's touch is the last creditable one at or before it.
-- Journeys of one shape have as many touches and the same ones at their positions, so
-- that a model weighs them alike but for decay.
-- A build makes the journeys that changed, and leaves the others as they are.

{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook="{{ drop_stale_journeys() }}"
) }}

with

journey_touches as (

    select * from {{ ref('int_attribution__journey_touches') }}
    where is_direct or is_creditable

),

journeys as (

    select * from {{ ref('int_attribution__journeys') }}
    where {{ is_new_journey() }}

),

dated_touches as (

    select
        journey_touches.conversion_type,
        journey_touches.conversion_id,
        journey_touches.touchpoint_id,
        journey_touches.person_id,
        journey_touches.campaign_id,
        journey_touches.channel,
        journey_touches.is_creditable,
        journey_touches.role_weight,
        journey_touches.touched_at,
        coalesce(journey_touches.touched_at <= journeys.lead_created_at, false)
            as is_before_lead,
        coalesce(journey_touches.touched_at <= journeys.opportunity_created_at, false)
            as is_before_opportunity,
        coalesce(journey_touches.touched_at <= journeys.closed_at, false)
            as is_before_close,
        journeys.is_role_weighted,
        journeys.journey_print,
        -- Counted from the last creditable touch: the shares are the same, and the
        -- decay of no whole journey vanishes.
        case when journey_touches.is_creditable then pow(0.5, {{ dbt.datediff(
            'journey_touches.touched_at', 'journeys.last_touched_at', 'second'
        ) }} / {{ 86400.0 * var('time_decay_half_life_days') }}) else 0 end as decay
    from journey_touches
    inner join journeys
        on
            journey_touches.conversion_type = journeys.conversion_type
            and journey_touches.conversion_id = journeys.conversion_id

),

placed_touches as (

    select
        *,
        count_if(is_creditable) over so_far as position,
        lead(touchpoint_id) over so_far is null as is_last,
        count_if(is_creditable) over journey as creditable_count,
        count_if(is_creditable and is_before_lead) over journey
            as lead_position,
        count_if(is_creditable and is_before_opportunity) over journey
            as opportunity_position,
        count_if(is_creditable and is_before_close) over journey
            as close_position,
        last_value(is_creditable) over whole_way as has_creditable_end,
        cast(sum({{ exact_share('decay') }}) over journey as double) as total_decay
    from dated_touches
    window
        journey as (partition by conversion_type, conversion_id),
        so_far as (
            partition by conversion_type, conversion_id
            order by touched_at asc, touchpoint_id asc
            rows between unbounded preceding and current row
        ),
        whole_way as (
            partition by conversion_type, conversion_id
            order by touched_at asc, touchpoint_id asc
            rows between unbounded preceding and unbounded following
        )

),

journey_positions as (

    select
        conversion_type,
        conversion_id,
        touchpoint_id,
        person_id,
        campaign_id,
        channel,
        is_creditable,
        creditable_count,
        is_creditable and position = 1 as is_first,
        is_creditable and position = creditable_count as is_last_non_direct,
        is_last,
        is_creditable and position = lead_position as is_lead_creation,
        is_creditable and position = opportunity_position
            as is_opportunity_creation,
        is_creditable and position = close_position as is_close,
        concat_ws(
            ':', creditable_count, lead_position, opportunity_position, close_position,
            has_creditable_end
        ) as shape,
        decay / total_decay as decay_share,
        role_weight,
        is_role_weighted,
        touched_at,
        journey_print
    from placed_touches
    where is_creditable or is_last

)

select * from journey_positions
