-- Grain: one row per month, and in all, and group of MQLs: how many there are, and how
-- many reached an opportunity and a deal in their cycle.
-- History is judged twice, by the definition in force at each moment and by the
-- proposed one alone, for people of every source, by the rules of official MQLs: the
-- first moment of a cycle counts, and none after a later stage or a disqualification.
-- A cycle stands in the month of the earlier of its two moments, so that both and an
-- only_ group add up to a definition's; what sources declared stands in its own month.
-- The last months had less time to convert, alike for all groups.

{{ config(group='lifecycle') }}

with

qualifying_moments as (

    select
        *,
        {{ reporting_date('qualified_at') }} as qualified_date
    from {{ ref('int_lifecycle__qualifying_moments') }}

),

mql_definitions as (

    select
        definition_version,
        effective_from,
        coalesce(effective_to, cast('9999-12-31' as date)) as effective_to
    from {{ ref('mql_definitions') }}

),

lead_funnel as (

    select * from {{ ref('fct_lead_funnel') }}

),

declared_mqls as (

    select
        person_id,
        cycle_number,
        min(entered_at) as declared_at
    from {{ ref('fct_stage_transitions') }}
    where stage = 'mql' and not is_imputed and evidence != 'definition'
    group by
        person_id,
        cycle_number

),

proposal as (

    select
        case '{{ var("proposed_definition") }}'
            when 'newest' then max_by(definition_version, effective_from)
            else '{{ var("proposed_definition") }}'
        end as definition_version
    from mql_definitions

),

judged_moments as (

    select
        qualifying_moments.person_id,
        qualifying_moments.qualified_at,
        bool_or(mql_definitions.definition_version is not null) as is_in_force,
        bool_or(proposal.definition_version is not null) as is_proposed
    from qualifying_moments
    left join mql_definitions
        on
            qualifying_moments.definition_version = mql_definitions.definition_version
            and qualifying_moments.qualified_date >= mql_definitions.effective_from
            and qualifying_moments.qualified_date < mql_definitions.effective_to
    left join proposal
        on qualifying_moments.definition_version = proposal.definition_version
    group by
        qualifying_moments.person_id,
        qualifying_moments.qualified_at

),

known_cycles as (

    select
        funnel_cycle_id,
        person_id,
        cycle_number,
        lag(recycled_at) over (
            partition by person_id
            order by cycle_number
        ) as started_after,
        recycled_at as ended_at,
        -- Who was known by a touch alone is placed where the person is first known.
        case when cycle_number = 1 then lead_at end as known_at,
        least(sal_at, sql_at, opportunity_at, won_at, disqualified_at) as passed_at,
        opportunity_at,
        won_at
    from lead_funnel

),

cycles as (

    select * from known_cycles
    union all
    -- Nothing has followed the last recycling yet, but a qualifying moment would.
    select
        person_id || '#next' as funnel_cycle_id,
        person_id,
        max(cycle_number) + 1 as cycle_number,
        max_by(ended_at, cycle_number) as started_after,
        cast(null as timestamp) as ended_at,
        cast(null as timestamp) as known_at,
        cast(null as timestamp) as passed_at,
        cast(null as timestamp) as opportunity_at,
        cast(null as timestamp) as won_at
    from known_cycles
    group by person_id
    having max(case when ended_at is null then 1 else 0 end) = 0

),

placed_moments as (

    select
        cycles.funnel_cycle_id,
        cycles.passed_at,
        cycles.opportunity_at,
        cycles.won_at,
        judged_moments.is_in_force,
        judged_moments.is_proposed,
        greatest(
            judged_moments.qualified_at,
            coalesce(cycles.known_at, judged_moments.qualified_at)
        ) as qualified_at
    from judged_moments
    inner join cycles
        on
            judged_moments.person_id = cycles.person_id
            and (
                cycles.started_after is null
                or judged_moments.qualified_at > cycles.started_after
            )
            and (
                cycles.ended_at is null
                or judged_moments.qualified_at <= cycles.ended_at
            )

),

judged_cycles as (

    select
        funnel_cycle_id,
        opportunity_at,
        won_at,
        min(case when is_in_force then qualified_at end) as in_force_at,
        min(case when is_proposed then qualified_at end) as proposed_at
    from placed_moments
    where passed_at is null or qualified_at <= passed_at
    group by
        funnel_cycle_id,
        opportunity_at,
        won_at

),

grouped_cycles as (

    select
        *,
        least(in_force_at, proposed_at) as mql_at,
        case
            when in_force_at is null then 'only_proposed'
            when proposed_at is null then 'only_in_force'
            else 'both'
        end as mql_group
    from judged_cycles
    where in_force_at is not null or proposed_at is not null

),

mqls as (

    select
        mql_group,
        mql_at,
        opportunity_at,
        won_at
    from grouped_cycles
    union all
    select
        'in_force' as mql_group,
        mql_at,
        opportunity_at,
        won_at
    from grouped_cycles
    where in_force_at is not null
    union all
    select
        'proposed' as mql_group,
        mql_at,
        opportunity_at,
        won_at
    from grouped_cycles
    where proposed_at is not null
    union all
    select
        'declared' as mql_group,
        declared_mqls.declared_at as mql_at,
        lead_funnel.opportunity_at,
        lead_funnel.won_at
    from declared_mqls
    inner join lead_funnel
        on
            declared_mqls.person_id = lead_funnel.person_id
            and declared_mqls.cycle_number = lead_funnel.cycle_number

),

compared_mqls as (

    select
        *,
        cast(date_trunc('month', {{ reporting_date('mql_at') }}) as date) as mql_month
    from mqls
    where {{ reporting_date('mql_at') }} >= cast('{{ var("compare_since") }}' as date)

),

months as (

    select
        mql_month,
        mql_group,
        count(*) as mqls,
        count(opportunity_at) as opportunities,
        count(won_at) as won
    from compared_mqls
    group by
        mql_month,
        mql_group

),

compared_groups as (

    select * from months
    union all
    select
        cast(null as date) as mql_month,
        mql_group,
        sum(mqls) as mqls,
        sum(opportunities) as opportunities,
        sum(won) as won
    from months
    group by mql_group

),

what_if as (

    select
        compared_groups.mql_month,
        compared_groups.mql_group,
        proposal.definition_version as proposed_definition,
        compared_groups.mqls,
        compared_groups.opportunities,
        compared_groups.won,
        cast(compared_groups.opportunities as double) / compared_groups.mqls
            as opportunity_rate,
        cast(compared_groups.won as double) / compared_groups.mqls as won_rate
    from compared_groups
    cross join proposal

)

select * from what_if
order by mql_month nulls first, mql_group
