-- Grain: one row per conversion and touchpoint that a model may credit.
-- Journeys without a creditable touch are absent: they are unattributed. A direct touch
-- is kept only where it is the literal last one of a journey that has others.
-- A milestone's touch is the last creditable one at or before it.
-- Journeys of one shape have as many touches and the same ones at their positions, so
-- that a model weighs them alike but for decay.
-- A build makes the journeys that changed, and leaves the others as they are.

{{ config(
    materialized='incremental',
    incremental_strategy=journeys_strategy(),
    on_schema_change='append_new_columns',
    post_hook="{{ drop_stale_journeys() }}"
) }}

with

journeys as (

    select * from {{ ref('int_attribution__journeys') }}
    where {{ is_new_journey() }}

),

touchpoints as (

    select
        *,
        {{ is_creditable() }} as is_creditable
    from {{ ref('fct_touchpoints') }}

),

journey_touches as (

    select
        conversion_people.conversion_key,
        conversion_people.conversion_type,
        touchpoints.touchpoint_id,
        touchpoints.person_id,
        touchpoints.campaign_id,
        touchpoints.channel,
        touchpoints.is_creditable,
        conversion_people.role_weight,
        touchpoints.touched_at,
        coalesce(touchpoints.touched_at <= journeys.lead_created_at, false)
            as is_before_lead,
        coalesce(touchpoints.touched_at <= journeys.opportunity_created_at, false)
            as is_before_opportunity,
        coalesce(touchpoints.touched_at <= journeys.closed_at, false)
            as is_before_close,
        journeys.journey_print,
        -- Counted from the last creditable touch: the shares are the same, and the
        -- decay of no whole journey vanishes.
        case when touchpoints.is_creditable then pow(0.5, {{ half_lives(
            'touchpoints.touched_at', 'journeys.last_creditable_at',
            var('time_decay_half_life_days')
        ) }}) else 0 end as decay
    from journeys
    inner join {{ ref('int_attribution__conversion_people') }} as conversion_people
        on journeys.conversion_key = conversion_people.conversion_key
    inner join touchpoints
        on conversion_people.person_key = touchpoints.person_key
    where
        {{ is_of_journey() }}
        and coalesce(touchpoints.is_direct or touchpoints.is_creditable, false)

),

placed_touches as (

    select
        *,
        count_if(is_creditable) over so_far as position,
        count(*) over so_far = count(*) over journey as is_last,
        count_if(is_creditable) over journey as creditable_count,
        count_if(is_creditable and is_before_lead) over journey
            as lead_position,
        count_if(is_creditable and is_before_opportunity) over journey
            as opportunity_position,
        count_if(is_creditable and is_before_close) over journey
            as close_position,
        bool_or(role_weight != 1) over journey as is_role_weighted,
        last_value(is_creditable) over whole_way as has_creditable_end,
        cast(sum({{ exact_share('decay') }}) over journey as double) as total_decay
    from journey_touches
    window
        journey as (partition by conversion_key),
        so_far as (
            partition by conversion_key
            order by touched_at asc, touchpoint_id asc
            rows between unbounded preceding and current row
        ),
        whole_way as (
            partition by conversion_key
            order by touched_at asc, touchpoint_id asc
            rows between unbounded preceding and unbounded following
        )

),

journey_positions as (

    select
        conversion_key,
        conversion_type,
        touchpoint_id,
        person_id,
        campaign_id,
        channel,
        is_creditable,
        cast(creditable_count as integer) as creditable_count,
        is_creditable and position = creditable_count as is_last_non_direct,
        {{ content_print([
            'creditable_count', 'lead_position', 'opportunity_position',
            'close_position', 'has_creditable_end'
        ]) }} as shape,
        {{ positions_held() }} as positions_held,
        decay / total_decay as decay_share,
        role_weight,
        is_role_weighted,
        touched_at,
        journey_print
    from placed_touches
    where is_creditable or is_last

)

select * from journey_positions
