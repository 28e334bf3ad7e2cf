-- Grain: one row per golden person or account and piece of revenue expected of it: each
-- open opportunity at its value times the win rate; of a person without one what a
-- cycle at their stage brings on average.

with

record_opportunities as (

    select * from {{ ref('int_quality__record_opportunities') }}

),

win_rates as (

    select * from {{ ref('fct_win_rates') }}

),

stage_values as (

    select * from {{ ref('fct_stage_values') }}
    where segment = 'all'

),

people as (

    select
        people.person_id,
        stage_values.expected_usd
    from {{ ref('dim_people') }} as people
    inner join stage_values
        on people.lifecycle_stage = stage_values.stage
    where people.lifecycle_stage != 'customer'

),

busy_people as (

    select distinct record_id as person_id
    from record_opportunities
    where entity = 'people'

),

record_values as (

    select
        record_opportunities.entity,
        record_opportunities.record_id,
        'opportunity' as value_type,
        record_opportunities.opportunity_id as value_key,
        cast(
            record_opportunities.amount_usd * win_rates.win_rate as decimal(28, 6)
        ) as expected_usd
    from record_opportunities
    cross join win_rates
    union all
    select
        'people' as entity,
        people.person_id as record_id,
        'lead' as value_type,
        people.person_id as value_key,
        people.expected_usd
    from people
    left join busy_people
        on people.person_id = busy_people.person_id
    where busy_people.person_id is null

)

select * from record_values
