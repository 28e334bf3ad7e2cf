-- Grain: one row per stay of a person in a stage, from entered_at until just before
-- exited_at. The stays of a person follow one another without gap or overlap.

with

stage_entries as (

    select
        *,
        {{ reporting_date('entered_at') }} as entered_date
    from {{ ref('int_lifecycle__stage_entries') }}

),

mql_definitions as (

    select
        definition_version,
        effective_from,
        coalesce(effective_to, cast('9999-12-31' as date)) as effective_to
    from {{ ref('mql_definitions') }}

),

entry_days as (

    select entered_date
    from stage_entries
    group by entered_date

),

definition_days as (

    select
        entry_days.entered_date,
        mql_definitions.definition_version
    from entry_days
    inner join mql_definitions
        on
            entry_days.entered_date >= mql_definitions.effective_from
            and entry_days.entered_date < mql_definitions.effective_to

),

stays as (

    select
        person_id,
        cycle_number,
        row_number() over (
            partition by person_id
            order by cycle_number asc, entered_at asc, stage_order asc
        ) as sequence_number,
        stage,
        evidence,
        is_imputed,
        lead(stage) over (
            partition by person_id
            order by cycle_number asc, entered_at asc, stage_order asc
        ) as next_stage,
        entered_date,
        entered_at,
        lead(entered_at) over (
            partition by person_id
            order by cycle_number asc, entered_at asc, stage_order asc
        ) as exited_at
    from stage_entries

),

stage_transitions as (

    select
        {{ dbt.hash(dbt.concat([
            'stays.person_id', "'#'", 'stays.cycle_number', "'#'",
            'stays.stage', "'#'", 'stays.entered_at',
        ])) }} as stage_transition_id,
        stays.person_id,
        stays.cycle_number,
        cast(stays.sequence_number as integer) as sequence_number,
        stays.stage,
        stays.evidence,
        stays.next_stage,
        definition_days.definition_version,
        stays.next_stage is null as is_current,
        stays.is_imputed,
        stays.entered_at,
        stays.exited_at
    from stays
    left join definition_days
        on stays.entered_date = definition_days.entered_date

)

select * from stage_transitions
