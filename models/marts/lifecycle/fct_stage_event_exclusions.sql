-- Grain: one row per stage event, declared or stamped, that does not count, and why.

with

excluded_events as (

    select *
    from {{ ref('int_lifecycle__stage_events') }}
    where exclusion_reason is not null

),

numbered_events as (

    select
        *,
        coalesce(stage_value, stage) as written_value,
        row_number() over (
            partition by
                person_id,
                person_record_id,
                source,
                stage_value,
                stage,
                evidence,
                entered_at
            order by exclusion_reason asc
        ) as repeat_number
    from excluded_events

),

stage_event_exclusions as (

    select
        {{ dbt.hash(dbt.concat([
            "coalesce(person_record_id, person_id, '')", "'#'",
            "coalesce(source, '')", "'#'",
            "coalesce(written_value, '')", "'#'",
            'evidence', "'#'",
            "coalesce(cast(entered_at as string), '')", "'#'",
            'repeat_number',
        ])) }} as stage_event_exclusion_id,
        person_id,
        person_record_id,
        source,
        written_value as stage_value,
        evidence,
        exclusion_reason as reason,
        is_declared,
        entered_at
    from numbered_events

)

select * from stage_event_exclusions
