-- Grain: one row per closing of a month and figure that it kept.
-- A figure that came to the seed later is in no earlier closing, nor compared with it.

{{ config(materialized='view') }}

with

closings as (

    select
        closing_id,
        closed_at
    from {{ ref('stg_meta__closings') }}

),

closed_metrics as (

    select * from {{ ref('closed_metrics') }}

),

kept_metrics as (

    select
        closings.closing_id,
        closed_metrics.metric,
        closed_metrics.conversion_type,
        closed_metrics.basis,
        closed_metrics.measure
    from closings
    inner join closed_metrics
        on closings.closed_at >= closed_metrics.effective_from

)

select * from kept_metrics
