-- Grain: one row per opportunity whose owner is an active rep, with the time in which
-- it was open, both ends included.

{{ config(materialized='view') }}

with

opportunities as (

    select
        opportunity_id,
        account_id,
        owner_id,
        created_at,
        case
            when is_closed then closed_at else cast('9999-12-31' as timestamp)
        end as open_until
    from {{ ref('fct_opportunity_outcomes') }}

),

record_owners as (

    select * from {{ ref('int_lifecycle__record_owners') }}

),

owned_opportunities as (

    select
        opportunities.opportunity_id,
        opportunities.account_id,
        record_owners.rep_id,
        record_owners.rep_key,
        opportunities.created_at,
        opportunities.open_until
    from opportunities
    inner join record_owners
        on opportunities.owner_id = record_owners.owner_id
    where opportunities.created_at <= opportunities.open_until

)

select * from owned_opportunities
