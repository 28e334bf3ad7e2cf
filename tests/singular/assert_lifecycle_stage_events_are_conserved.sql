-- Every event that a source declares counts towards the stages or is listed as left
-- out: per source and evidence, declared = counted + excluded.

{{ config(group='lifecycle') }}

with

declared as (

    select
        source,
        evidence,
        count(*) as declared_events
    from {{ ref('int_lifecycle__staged_events') }}
    group by
        source,
        evidence

),

counted as (

    select
        source,
        evidence,
        count(*) as counted_events
    from {{ ref('int_lifecycle__stage_events') }}
    where is_declared and exclusion_reason is null
    group by
        source,
        evidence

),

excluded as (

    select
        source,
        evidence,
        count(*) as excluded_events
    from {{ ref('fct_stage_event_exclusions') }}
    where is_declared
    group by
        source,
        evidence

),

compared as (

    select
        declared.source,
        declared.evidence,
        declared.declared_events,
        coalesce(counted.counted_events, 0) as counted_events,
        coalesce(excluded.excluded_events, 0) as excluded_events
    from declared
    left join counted
        on
            declared.source = counted.source
            and declared.evidence = counted.evidence
    left join excluded
        on
            declared.source = excluded.source
            and declared.evidence = excluded.evidence

)

select * from compared
where declared_events != counted_events + excluded_events
