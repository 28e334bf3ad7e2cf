-- Grain: one row per golden person whose data was fresh twelve months before as_of.

{{ config(materialized='view') }}

with

people as (

    select * from {{ ref('int_quality__people') }}

),

fresh_then as (

    select person_id
    from {{ ref('int_quality__fresh_spells') }}
    where
        starts_at <= {{ dbt.dateadd('month', -12, as_of()) }}
        and ends_at > {{ dbt.dateadd('month', -12, as_of()) }}

),

fresh_now as (

    select person_id
    from {{ ref('int_quality__fresh_spells') }}
    where ends_at > {{ as_of() }}

),

decay_checks as (

    select
        'data_decay_rate' as check_name,
        people.person_id as record_key,
        people.owner_id,
        people.source,
        people.segment,
        case when fresh_now.person_id is null then 1 else 0 end as numerator,
        1 as denominator,
        people.created_at as happened_at
    from people
    inner join fresh_then
        on people.person_id = fresh_then.person_id
    left join fresh_now
        on people.person_id = fresh_now.person_id

)

select * from decay_checks
