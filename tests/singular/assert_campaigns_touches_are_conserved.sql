-- Every staged touch is in fct_touchpoints or, after as_of, among the excluded records,
-- exactly once, and nothing else is.

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

differences as (

    select
        touchpoint_id,
        sum(staged) as staged,
        sum(published) as published
    from sightings
    group by touchpoint_id
    having sum(staged) != 1 or sum(published) != 1

)

select * from differences
