-- Grain: one row per scope, the weeks, with the policy in force at as_of.

{{ config(materialized='view') }}

with

anomaly_policies as (

    select * from {{ ref('anomaly_policies') }}
    where {{ in_force() }}

)

select * from anomaly_policies
