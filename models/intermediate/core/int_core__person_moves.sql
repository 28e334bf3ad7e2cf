-- Grain: one row per person record and time that it came to another golden person. Rows
-- are only ever added, as of the build that saw the move; a build of an earlier day
-- than the last move adds none.

{{ config(
    materialized='incremental', incremental_strategy='append', full_refresh=false
) }}

with

person_clusters as (

    select
        person_record_id,
        person_id
    from {{ ref('int_core__person_clusters') }}

),

moves_before as (

    {{ rows_before({
        'person_record_id': 'string', 'person_id': 'string', 'moved_at': 'timestamp'
    }) }}

),

last_moves as (

    select
        person_record_id,
        max_by(person_id, moved_at) as person_id,
        max(moved_at) as moved_at
    from moves_before
    group by person_record_id

),

person_moves as (

    select
        person_clusters.person_record_id,
        person_clusters.person_id,
        {{ as_of() }} as moved_at
    from person_clusters
    left join last_moves
        on person_clusters.person_record_id = last_moves.person_record_id
    where
        last_moves.person_record_id is null
        or (
            last_moves.person_id != person_clusters.person_id
            and last_moves.moved_at < {{ as_of() }}
        )

)

select * from person_moves
