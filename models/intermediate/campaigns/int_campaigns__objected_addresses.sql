-- Grain: one row per address that somebody has whom marketing may not e-mail.
-- A mail tool knows addresses alone, so that one person's objection holds for whoever
-- shares the address.

{{ config(materialized='view') }}

with

landed_addresses as (

    select * from {{ ref('int_campaigns__landed_addresses') }}

),

standing_objections as (

    select * from {{ ref('int_campaigns__standing_objections') }}

),

objected_addresses as (

    select landed_addresses.email
    from landed_addresses
    inner join standing_objections
        on landed_addresses.person_id = standing_objections.person_id
    group by landed_addresses.email

)

select * from objected_addresses
