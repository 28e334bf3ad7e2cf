-- Grain: one row per creditable touch of a person without some conversion, in the
-- lookback up to the person's last one: a journey that ends in nothing.

{{ config(materialized='view') }}

with

unconverted_people as (

    select * from {{ ref('int_attribution__unconverted_people') }}
    where is_no_mql or is_no_opportunity or is_no_win

),

touchpoints as (

    select
        touchpoint_id,
        person_key,
        channel,
        touched_at
    from {{ ref('fct_touchpoints') }}
    where {{ is_creditable() }}

),

open_journeys as (

    select
        touchpoints.touchpoint_id,
        touchpoints.person_key,
        touchpoints.channel,
        unconverted_people.is_no_mql,
        unconverted_people.is_no_opportunity,
        unconverted_people.is_no_win,
        touchpoints.touched_at
    from touchpoints
    inner join unconverted_people
        on
            touchpoints.person_key = unconverted_people.person_key
            and touchpoints.touched_at >= unconverted_people.window_start

)

select * from open_journeys
