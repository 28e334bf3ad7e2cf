-- Grain: one row per conversion: what its journey holds, and where that has a touch to
-- credit a print of all that the credit hangs on. While the print stands, so does the
-- credit; what stands under a print that is gone is out of date.
-- All in numbers and moments, which are fast to compare and to write.

with

conversions as (

    select * from {{ ref('int_attribution__conversions') }}

),

lead_creations as (

    select
        conversion_key,
        coalesce(
            min(case when is_of_account then person_created_at end),
            min(person_created_at)
        ) as lead_created_at
    from {{ ref('int_attribution__conversion_people') }}
    group by conversion_key

),

touchpoints as (

    select
        person_key,
        is_direct,
        is_sales,
        {{ is_creditable() }} as is_creditable,
        touch_print,
        touched_at
    from {{ ref('fct_touchpoints') }}

),

placed_touches as (

    select
        conversion_people.conversion_key,
        conversion_people.role_weight,
        touchpoints.is_direct,
        touchpoints.is_sales,
        touchpoints.is_creditable,
        touchpoints.touch_print,
        touchpoints.touched_at,
        {{ is_of_journey() }} as is_of_journey
    from {{ ref('int_attribution__conversion_people') }} as conversion_people
    inner join touchpoints
        on conversion_people.person_key = touchpoints.person_key
    where coalesce(touchpoints.touched_at <= conversion_people.converted_at, false)

),

gathered_touches as (

    select
        conversion_key,
        bool_or(is_of_journey and is_creditable) as is_credited,
        bool_or(is_of_journey and is_direct) as has_direct,
        bool_or(is_of_journey and is_sales) as has_sales,
        -- Of a journey that holds a touch of any kind none is told.
        case when not bool_or(is_of_journey) then max(touched_at) end
            as latest_touch_at,
        max(case when is_creditable then touched_at end) as last_creditable_at,
        -- Sums, since what two rows share cancels in other ways of adding prints up.
        sum(case
            when is_of_journey and (is_creditable or is_direct)
                then cast({{ content_print(
                    ['touch_print', 'is_creditable', 'role_weight']
                ) }} as decimal(38, 0))
        end) as touches_print
    from placed_touches
    group by conversion_key

),

attribution_models as (

    select
        sum(cast({{ content_print([
            'attribution_model', 'first_share', 'last_share', 'last_non_direct_share',
            'lead_creation_share', 'opportunity_creation_share', 'close_share',
            'other_share', 'even_share', 'decay_share'
        ]) }} as decimal(38, 0))) as models_print
    from {{ ref('attribution_models') }}
    where is_active and method = 'positions'

),

journeys as (

    select
        conversions.conversion_key,
        lead_creations.lead_created_at,
        conversions.opportunity_created_at,
        conversions.closed_at,
        gathered_touches.last_creditable_at,
        gathered_touches.latest_touch_at,
        coalesce(gathered_touches.is_credited, false) as is_credited,
        coalesce(gathered_touches.has_direct, false) as has_direct,
        coalesce(gathered_touches.has_sales, false) as has_sales,
        case when gathered_touches.is_credited then {{ content_print([
            'conversions.conversion_key', 'conversions.account_id',
            'conversions.segment', 'conversions.amount_usd',
            'conversions.converted_at', 'lead_creations.lead_created_at',
            'conversions.opportunity_created_at', 'conversions.closed_at',
            'gathered_touches.touches_print', 'attribution_models.models_print',
            "'" ~ var('time_decay_half_life_days') ~ "'",
            "'" ~ credit_code_print() ~ "'"
        ]) }} end as journey_print
    from conversions
    cross join attribution_models
    left join lead_creations
        on conversions.conversion_key = lead_creations.conversion_key
    left join gathered_touches
        on conversions.conversion_key = gathered_touches.conversion_key

)

select * from journeys
