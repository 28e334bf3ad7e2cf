-- Every staged touch is in fct_touchpoints or, after as_of, among the excluded records,
-- exactly once, and nothing else is. That one staging model or fct_touchpoints has a
-- touch twice is what their own tests of grain find. Touches are looked at one by one
-- only where the numbers that stand for them do not add up to nothing.

with

generic_touches as (

    select touchpoint_id
    from {{ ref('stg_generic__touches') }}

),

salesforce_touches as (

    select touchpoint_id
    from {{ ref('stg_salesforce__touches') }}

),

hubspot_touches as (

    select touchpoint_id
    from {{ ref('stg_hubspot__touches') }}

),

marketo_touches as (

    select touchpoint_id
    from {{ ref('stg_marketo__touches') }}

),

touchpoints as (

    select touchpoint_id
    from {{ ref('fct_touchpoints') }}

),

late_touches as (

    select record_key as touchpoint_id
    from {{ ref('fct_excluded_records') }}
    where entity = 'touches'

),

sightings as (

    select
        touchpoint_id,
        1 as staged,
        0 as published
    from generic_touches
    union all
    select
        touchpoint_id,
        1 as staged,
        0 as published
    from salesforce_touches
    union all
    select
        touchpoint_id,
        1 as staged,
        0 as published
    from hubspot_touches
    union all
    select
        touchpoint_id,
        1 as staged,
        0 as published
    from marketo_touches
    union all
    select
        touchpoint_id,
        0 as staged,
        1 as published
    from touchpoints
    union all
    select
        touchpoint_id,
        0 as staged,
        1 as published
    from late_touches

),

balances as (

    select
        sum(staged - published) as touches,
        sum(
            cast(
                (staged - published) * {{ content_print(['touchpoint_id']) }}
                as decimal(38, 0)
            )
        ) as prints
    from sightings

),

-- A touch of two sources may be in both.
touches_in_both as (

    select late_touches.touchpoint_id
    from late_touches
    inner join touchpoints
        on late_touches.touchpoint_id = touchpoints.touchpoint_id

),

doubts as (

    select 'touches' as doubted
    from balances
    where touches != 0 or prints != 0
    union
    select 'touches' as doubted
    from touches_in_both

),

differences as (

    select
        sightings.touchpoint_id,
        sum(sightings.staged) as staged,
        sum(sightings.published) as published
    from sightings
    cross join doubts
    group by sightings.touchpoint_id
    having sum(sightings.staged) != 1 or sum(sightings.published) != 1

)

select * from differences
