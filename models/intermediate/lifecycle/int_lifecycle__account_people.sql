-- Grain: one row per person of an account, in numbers.

{{ config(materialized='view') }}

with

profiles as (

    select
        person_id,
        account_id
    from {{ ref('dim_person_profiles') }}
    where account_id is not null

),

account_people as (

    select
        {{ number_key('person_id') }} as person_key,
        {{ scored_account_key('account_id') }} as account_key
    from profiles

)

select * from account_people
