-- Grain: one row per cycle with an MQL: who had to answer it, by which clock and how
-- soon.

with

mqls as (

    select
        funnel_cycle_id,
        person_id,
        cycle_number,
        segment,
        channel,
        mql_at,
        {{ reporting_date('mql_at') }} as mql_date,
        lead(mql_at) over (
            partition by person_id
            order by
                mql_at asc,
                cycle_number asc
        ) as next_mql_at
    from {{ ref('fct_lead_funnel') }}
    where mql_at is not null

),

mql_owners as (

    select
        funnel_cycle_id,
        owner_id
    from {{ ref('int_lifecycle__mql_owners') }}

),

sla_targets as (

    select
        sla_target_id,
        priority,
        segment,
        channel,
        sla_minutes,
        at_risk_minutes,
        fallback_owner,
        effective_from,
        coalesce(effective_to, cast('9999-12-31' as date)) as effective_to
    from {{ ref('sla_targets') }}

),

rep_clocks as (

    select
        rep_id,
        team_calendar_id,
        clock_id,
        calendar_rank,
        effective_from,
        effective_to
    from {{ ref('int_lifecycle__rep_clocks') }}

),

targeted_mqls as (

    select
        mqls.*,
        sla_targets.sla_target_id,
        sla_targets.sla_minutes,
        sla_targets.at_risk_minutes,
        sla_targets.fallback_owner
    from mqls
    left join sla_targets
        on
            sla_targets.segment in (mqls.segment, '*')
            and sla_targets.channel in (mqls.channel, '*')
            and mqls.mql_date >= sla_targets.effective_from
            and mqls.mql_date < sla_targets.effective_to
    qualify
        row_number() over (
            partition by mqls.funnel_cycle_id
            order by
                sla_targets.priority asc,
                sla_targets.sla_target_id asc
        ) = 1

),

mql_cycles as (

    select
        targeted_mqls.funnel_cycle_id,
        targeted_mqls.person_id,
        targeted_mqls.cycle_number,
        targeted_mqls.segment,
        targeted_mqls.channel,
        mql_owners.owner_id,
        coalesce(owner_clocks.clock_id, general_clocks.clock_id) as clock_id,
        targeted_mqls.sla_target_id,
        targeted_mqls.sla_minutes,
        targeted_mqls.at_risk_minutes,
        targeted_mqls.fallback_owner,
        targeted_mqls.mql_at,
        targeted_mqls.next_mql_at
    from targeted_mqls
    inner join mql_owners
        on targeted_mqls.funnel_cycle_id = mql_owners.funnel_cycle_id
    left join rep_clocks as general_clocks
        on
            general_clocks.rep_id = '*'
            and targeted_mqls.mql_date >= general_clocks.effective_from
            and targeted_mqls.mql_date < general_clocks.effective_to
    left join rep_clocks as owner_clocks
        on
            mql_owners.owner_id = owner_clocks.rep_id
            and targeted_mqls.mql_date >= owner_clocks.effective_from
            and targeted_mqls.mql_date < owner_clocks.effective_to
    qualify
        row_number() over (
            partition by targeted_mqls.funnel_cycle_id
            order by
                owner_clocks.calendar_rank asc,
                owner_clocks.team_calendar_id asc,
                general_clocks.team_calendar_id asc
        ) = 1

)

select * from mql_cycles
