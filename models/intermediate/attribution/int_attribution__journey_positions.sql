-- Grain: one row per conversion and touchpoint that a model may credit.
-- Journeys without a creditable touch are absent: they are unattributed. A direct touch
-- is kept only where it is the literal last one of a journey that has others.
-- A milestone's touch is the last creditable one at or before it.

with

journey_touches as (

    select
        *,
        {{ is_creditable() }} as is_creditable
    from {{ ref('int_attribution__journey_touches') }}
    where
        is_direct or {{ is_creditable() }}

),

milestones as (

    select * from {{ ref('int_attribution__milestones') }}

),

latest_touches as (

    select
        conversion_type,
        conversion_id,
        max(touched_at) as touched_at
    from journey_touches
    where is_creditable
    group by
        conversion_type,
        conversion_id

),

ordered_touches as (

    select
        journey_touches.*,
        journey_touches.is_creditable
        and coalesce(journey_touches.touched_at <= milestones.lead_created_at, false)
            as is_before_lead,
        journey_touches.is_creditable
        and coalesce(
            journey_touches.touched_at <= milestones.opportunity_created_at, false
        ) as is_before_opportunity,
        journey_touches.is_creditable
        and coalesce(journey_touches.touched_at <= milestones.closed_at, false)
            as is_before_close,
        -- Counted from the last creditable touch: the shares are the same, and the
        -- decay of no whole journey vanishes.
        case when journey_touches.is_creditable then pow(0.5, {{ dbt.datediff(
            'journey_touches.touched_at', 'latest_touches.touched_at', 'second'
        ) }} / {{ 86400.0 * var('time_decay_half_life_days') }}) else 0 end as decay,
        row_number() over (
            partition by
                journey_touches.conversion_type,
                journey_touches.conversion_id,
                journey_touches.is_creditable
            order by
                journey_touches.touched_at asc,
                journey_touches.touchpoint_id asc
        ) as position,
        row_number() over (
            partition by
                journey_touches.conversion_type, journey_touches.conversion_id
            order by
                journey_touches.touched_at desc,
                journey_touches.touchpoint_id desc
        ) as literal_position_from_end
    from journey_touches
    inner join milestones
        on
            journey_touches.conversion_type = milestones.conversion_type
            and journey_touches.conversion_id = milestones.conversion_id
    inner join latest_touches
        on
            journey_touches.conversion_type = latest_touches.conversion_type
            and journey_touches.conversion_id = latest_touches.conversion_id

),

placed_touches as (

    select
        *,
        count_if(is_creditable) over journey as creditable_count,
        count_if(is_before_lead) over journey as lead_position,
        count_if(is_before_opportunity) over journey as opportunity_position,
        count_if(is_before_close) over journey as close_position,
        cast(sum({{ exact_share('decay') }}) over journey as double) as total_decay
    from ordered_touches
    window journey as (partition by conversion_type, conversion_id)

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
        literal_position_from_end = 1 as is_last,
        is_creditable and position = lead_position as is_lead_creation,
        is_creditable and position = opportunity_position
            as is_opportunity_creation,
        is_creditable and position = close_position as is_close,
        decay / total_decay as decay_share,
        touched_at
    from placed_touches
    where is_creditable or literal_position_from_end = 1

)

select * from journey_positions
