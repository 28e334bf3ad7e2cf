-- Grain: one row per staged record of a person, an account or an opportunity.

{{ config(materialized='view') }}

with

staged_people as (

    select
        'people' as entity,
        record_key,
        source,
        record_id,
        is_deleted,
        is_after_as_of
    from {{ ref('int_quality__staged_people') }}

),

staged_accounts as (

    select
        'accounts' as entity,
        *
    from {{ ref('int_quality__staged_accounts') }}

),

staged_opportunities as (

    select
        'opportunities' as entity,
        *
    from {{ ref('int_quality__staged_opportunities') }}

),

staged_records as (

    select * from staged_people
    union all
    select * from staged_accounts
    union all
    select * from staged_opportunities

)

select * from staged_records
