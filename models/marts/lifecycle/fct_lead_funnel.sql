-- Grain: one row per person and cycle, with the first time of each stage in it.
-- A stage that nothing proves is no MQL, SAL, SQL or opportunity: it has a name here
-- and no time. A lead always has one.

with

stage_transitions as (

    select
        person_id,
        cycle_number,
        sequence_number,
        stage,
        is_imputed,
        case when stage = 'lead' or not is_imputed then entered_at end as entered_at
    from {{ ref('fct_stage_transitions') }}

),

profiles as (

    select
        person_id,
        account_id,
        segment
    from {{ ref('dim_person_profiles') }}

),

first_touches as (

    select
        person_id,
        channel
    from {{ ref('int_lifecycle__first_touches') }}

),

cycles as (

    select
        person_id,
        cycle_number,
        {{ dbt.listagg(
            'case when is_imputed then stage end', "','", 'order by sequence_number'
        ) }} as imputed_stages,
        min(case when stage = 'lead' then entered_at end) as lead_at,
        min(case when stage = 'mql' then entered_at end) as mql_at,
        min(case when stage = 'sal' then entered_at end) as sal_at,
        min(case when stage = 'sql' then entered_at end) as sql_at,
        min(case when stage = 'opportunity' then entered_at end) as opportunity_at,
        min(case when stage = 'customer' then entered_at end) as won_at,
        min(case when stage = 'recycled' then entered_at end) as recycled_at,
        min(case when stage = 'disqualified' then entered_at end) as disqualified_at
    from stage_transitions
    group by
        person_id,
        cycle_number

),

lead_funnel as (

    select
        cycles.person_id || '#' || cycles.cycle_number as funnel_cycle_id,
        cycles.person_id,
        profiles.account_id,
        cycles.cycle_number,
        profiles.segment,
        coalesce(first_touches.channel, 'unknown') as channel,
        cycles.imputed_stages,
        cycles.lead_at,
        cycles.mql_at,
        cycles.sal_at,
        cycles.sql_at,
        cycles.opportunity_at,
        cycles.won_at,
        cycles.recycled_at,
        cycles.disqualified_at
    from cycles
    inner join profiles
        on cycles.person_id = profiles.person_id
    left join first_touches
        on cycles.person_id = first_touches.person_id

)

select * from lead_funnel
