-- Grain: one row per anonymous visitor and span of time that is one person record's.
-- A visit belongs to whoever the visitor is next known to be, at or after it; once
-- nobody follows, to whoever it was last. Spans of a visitor touch and never overlap,
-- so a visit finds at most one.

with

identified_touches as (

    select
        source,
        anonymous_id,
        person_record_id,
        touchpoint_id,
        touched_at
    from {{ ref('int_campaigns__touch_records') }}
    where anonymous_id is not null and person_record_id is not null

),

ordered_touches as (

    select
        *,
        lead(person_record_id) over (
            partition by source, anonymous_id
            order by touched_at asc, touchpoint_id asc
        ) as next_person_record_id
    from identified_touches

),

last_touches as (

    -- The last of each run of touches of one person: a span a run keeps the join small.
    select *
    from ordered_touches
    where next_person_record_id is distinct from person_record_id

),

visitor_spans as (

    select
        source,
        anonymous_id,
        person_record_id,
        coalesce(
            lag(touched_at) over (
                partition by source, anonymous_id
                order by touched_at asc, touchpoint_id asc
            ),
            cast('0001-01-01 00:00:00' as timestamp)
        ) as visits_after,
        case
            when next_person_record_id is null
                then cast('9999-12-31 00:00:00' as timestamp)
            else touched_at
        end as visits_until
    from last_touches

),

real_spans as (

    select * from visitor_spans
    where visits_after < visits_until

)

select * from real_spans
