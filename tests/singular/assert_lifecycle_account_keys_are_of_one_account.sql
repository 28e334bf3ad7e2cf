-- Accounts whose number in dim_people is another one's too, so that joins on it would
-- mix their people.

with

people as (

    select
        account_id,
        account_key
    from {{ ref('dim_people') }}
    where account_id is not null or account_key is not null

),

shared_keys as (

    select
        account_key,
        count(distinct account_id) as accounts
    from people
    group by account_key
    having account_key is null or count(distinct account_id) != 1

)

select * from shared_keys
