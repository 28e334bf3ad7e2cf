-- Grain: one row per scope, all, with the method of capacity in force at as_of.

{{ config(materialized='view') }}

with

capacity_methods as (

    select * from {{ ref('capacity_methods') }}
    where {{ in_force() }}

)

select * from capacity_methods
