-- Grain: one row per absence and rep whom it keeps from taking leads.

{{ config(materialized='view') }}

with

rep_absences as (

    select
        absence_id,
        lower(rep) as rep,
        {{ reporting_midnight('absent_from') }} as starts_at,
        {{ reporting_midnight('absent_to') }} as ends_at
    from {{ ref('rep_absences') }}

),

rep_references as (

    select
        written_as,
        rep_key
    from {{ ref('int_lifecycle__rep_references') }}
    group by
        written_as,
        rep_key

),

absences as (

    select
        rep_absences.absence_id,
        rep_references.rep_key,
        rep_absences.starts_at,
        rep_absences.ends_at
    from rep_absences
    inner join rep_references
        on rep_absences.rep = rep_references.written_as

)

select * from absences
