-- Grain: one row per touch up to as_of and condition of an MQL definition that counts
-- it, of people who fit the condition's route. Criteria are held against each kind of
-- touch once. All in numbers, which are fast to join on and to sort.

with

criteria as (

    select
        *,
        {{ route_key() }} as route_key
    from {{ ref('mql_criteria') }}
    where kind = 'touches'

),

counted_touches as (

    select
        touchpoint_id,
        {{ number_key('touchpoint_id') }} as touchpoint_key,
        person_key,
        touch_type,
        is_marketing,
        touched_at
    from {{ ref('int_lifecycle__counted_touches') }}

),

landing_pages as (

    select * from {{ ref('int_lifecycle__landing_pages') }}

),

fitting_people as (

    select
        person_key,
        route_key
    from {{ ref('int_lifecycle__fitting_people') }}

),

described_touches as (

    select
        counted_touches.*,
        coalesce(landing_pages.landing_page, '') as landing_page
    from counted_touches
    left join landing_pages
        on counted_touches.touchpoint_id = landing_pages.touchpoint_id

),

touch_kinds as (

    select
        touch_type,
        landing_page,
        is_marketing
    from described_touches
    group by
        touch_type,
        landing_page,
        is_marketing

),

counted_kinds as (

    select
        touch_kinds.touch_type,
        touch_kinds.landing_page,
        touch_kinds.is_marketing,
        criteria.route_key,
        criteria.condition_number,
        criteria.least_count,
        criteria.window_days
    from touch_kinds
    inner join criteria
        on
            criteria.touch_type in ('*', touch_kinds.touch_type)
            and touch_kinds.landing_page like criteria.landing_page_pattern
            and (touch_kinds.is_marketing or not criteria.marketing_only)
    group by
        touch_kinds.touch_type,
        touch_kinds.landing_page,
        touch_kinds.is_marketing,
        criteria.route_key,
        criteria.condition_number,
        criteria.least_count,
        criteria.window_days

),

criterion_touches as (

    select
        described_touches.touchpoint_key,
        described_touches.person_key,
        counted_kinds.route_key,
        counted_kinds.condition_number,
        counted_kinds.least_count,
        counted_kinds.window_days,
        described_touches.touched_at
    from described_touches
    inner join counted_kinds
        on
            described_touches.touch_type = counted_kinds.touch_type
            and described_touches.landing_page = counted_kinds.landing_page
            and described_touches.is_marketing = counted_kinds.is_marketing
    inner join fitting_people
        on
            described_touches.person_key = fitting_people.person_key
            and counted_kinds.route_key = fitting_people.route_key

)

select * from criterion_touches
