-- Grain: one row per touch without a person whose visitor is known by another touch.
-- It belongs to whoever the visitor is next known to be, at or after it; once nobody
-- follows, to whoever it was last. Known touches are numbered from the latest on, and
-- a visit finds the one that follows it by that number: the join is on keys alone.

with

visitor_touches as (

    select
        touchpoint_id,
        source,
        anonymous_id,
        person_record_id,
        count(person_record_id) over (
            partition by source, anonymous_id
            order by
                touched_at desc,
                -- A visit in the moment of a known touch comes before it.
                case when person_record_id is null then 1 else 0 end asc,
                touchpoint_id desc
            rows between unbounded preceding and current row
        ) as known_number
    from {{ ref('int_campaigns__touch_records') }}
    where anonymous_id is not null

),

known_touches as (

    select * from visitor_touches
    where person_record_id is not null

),

visits as (

    select
        touchpoint_id,
        source,
        anonymous_id,
        greatest(known_number, 1) as known_number
    from visitor_touches
    where person_record_id is null

),

stitched_touches as (

    select
        visits.touchpoint_id,
        known_touches.person_record_id
    from visits
    inner join known_touches
        on
            visits.source = known_touches.source
            and visits.anonymous_id = known_touches.anonymous_id
            and visits.known_number = known_touches.known_number

)

select * from stitched_touches
