-- Grain: one row per current closing and golden person who came by a record or lost one
-- since, so that the person's MQL cycles are counted anew.

with

closed_months as (

    select
        closing_id,
        as_of
    from {{ ref('fct_closed_months') }}
    where is_current

),

person_record_history as (

    select
        person_id,
        previous_person_id,
        valid_from
    from {{ ref('bridge_person_record_history') }}
    where previous_person_id is not null

),

movers as (

    select
        person_id,
        valid_from
    from person_record_history
    union all
    select
        previous_person_id as person_id,
        valid_from
    from person_record_history

),

moved_people as (

    select
        closed_months.closing_id,
        movers.person_id
    from closed_months
    inner join movers
        on closed_months.as_of < movers.valid_from
    group by
        closed_months.closing_id,
        movers.person_id

)

select * from moved_people
