-- Grain: one row per dimension, value of it and stage: conversion, velocity and what
-- was lost, of the cycles that have had the time that the policy gives them.
-- The rank is within the dimension, what costs most first; dimensions cut the same
-- cycles, so nothing adds up over them.

with

mature_steps as (

    select * from {{ ref('fct_funnel_steps') }}
    where is_mature and not is_skipped and stage != 'customer'

),

cuts as (

    select
        'all' as dimension,
        'all' as dimension_value,
        mature_steps.*
    from mature_steps
    union all
    select
        'segment' as dimension,
        mature_steps.segment as dimension_value,
        mature_steps.*
    from mature_steps
    union all
    select
        'channel' as dimension,
        mature_steps.channel as dimension_value,
        mature_steps.*
    from mature_steps
    union all
    select
        'lead_source' as dimension,
        mature_steps.lead_source as dimension_value,
        mature_steps.*
    from mature_steps
    union all
    select
        'owner' as dimension,
        coalesce(mature_steps.owner_id, 'nobody') as dimension_value,
        mature_steps.*
    from mature_steps

),

stage_cuts as (

    select
        dimension,
        dimension_value,
        stage,
        stage_order,
        count(*) as entered,
        count(*) filter (where outcome = 'progressed') as progressed,
        count(*) filter (where is_dropped) as dropped,
        median(days_to_next) as median_days,
        sum(value_lost_usd) as value_lost_usd
    from cuts
    group by
        dimension,
        dimension_value,
        stage,
        stage_order

),

funnel_leaks as (

    select
        dimension,
        cast(row_number() over (
            partition by dimension
            order by
                value_lost_usd desc,
                dropped desc,
                stage_order asc,
                dimension_value asc
        ) as bigint) as rank,
        dimension_value,
        stage,
        entered,
        progressed,
        dropped,
        cast(progressed as double) / entered as conversion_rate,
        cast(median_days as double) as median_days,
        cast(value_lost_usd as decimal(28, 2)) as value_lost_usd
    from stage_cuts

)

select * from funnel_leaks
