-- Grain: one row per entry of a person into a stage.
-- A cycle without a lead of its own is given one at its first entry. Any other stage
-- that it skipped is given an entry at the first one of a later stage, so that the next
-- stay follows at once.

with

cycle_entries as (

    select * from {{ ref('int_lifecycle__cycle_entries') }}

),

skipped_stages as (

    -- The lead of a cycle has a rule of its own.
    select * from {{ ref('int_lifecycle__skipped_stages') }}
    where stage != 'lead'

),

stages as (

    select
        stage,
        stage_order
    from {{ ref('lifecycle_stages') }}

),

cycles as (

    select
        person_id,
        cycle_number,
        min(entered_at) as first_entered_at,
        min(case when stage = 'lead' then entered_at end) as lead_at
    from cycle_entries
    group by
        person_id,
        cycle_number

),

imputed_leads as (

    select
        cycles.person_id,
        cycles.cycle_number,
        stages.stage,
        stages.stage_order,
        cycles.first_entered_at as entered_at
    from cycles
    inner join stages
        on stages.stage = 'lead'
    where
        cycles.lead_at is null
        or (cycles.cycle_number = 1 and cycles.lead_at > cycles.first_entered_at)

),

imputed_entries as (

    select * from imputed_leads
    union all
    select * from skipped_stages

),

stage_entries as (

    select
        *,
        false as is_imputed
    from cycle_entries
    union all
    select
        person_id,
        cycle_number,
        stage,
        stage_order,
        'imputed' as evidence,
        entered_at,
        true as is_imputed
    from imputed_entries

)

select * from stage_entries
