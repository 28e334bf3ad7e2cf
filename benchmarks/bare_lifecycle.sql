-- The bare limit of lifecycle in benchmarks/whole_way.py: its larger marts, written by
-- hand in as few passes as could be found, from landed rows and other domains' tables.
-- Left out is what this company never needs: other CRMs, MQL definitions (its source
-- declares MQLs), pools, queues, absences, and scoring rules that no touch of it fires.
-- The half-lives of the shipped rules are written out. as_of is set by whole_way.py.

create macro key(id) as (hash(id) >> 1)::bigint;
create macro account_key(id) as (hash('account', id) >> 1)::bigint;
create macro faded(moment, half_life_days) as
    pow(0.5, date_diff('us', moment, getvariable('as_of')) / (864e8 * half_life_days));

create temp table people as
with first_moments as (
    select person_key, min(touched_at) as first_touch_at
    from built.marts.fct_touchpoints
    where person_key is not null
    group by person_key
),
first_touches as (
    select person_key, first_touch_at,
        arg_min(coalesce(channel, 'unknown'), touchpoint_id) as channel
    from built.marts.fct_touchpoints
    join first_moments using (person_key)
    where touched_at = first_touch_at
    group by person_key, first_touch_at
)
select key(person_id) as person_key, person_id, account_id, segment, owner_id,
    coalesce(lead_source, 'unknown') as lead_source,
    coalesce(channel, 'unknown') as channel, first_touch_at, created_at
from built.marts.dim_person_profiles
left join first_touches on key(person_id) = first_touches.person_key;

create temp table records as
select person_record_id, key(person_id) as person_key
from built.marts.bridge_person_records;

create temp table declared as
select person_key, stage_order, entered_at
from built.raw_generic.stage_events as events
join records on 'generic:' || events.person_id = person_record_id
join built.policy.lifecycle_stage_map as meanings
    on source = 'generic' and lower(events.stage) = source_value
    and entered_at >= effective_from and coalesce(entered_at < effective_to, true)
join built.policy.lifecycle_stages as stages on meanings.stage = stages.stage;

-- Stages by their order: 1 lead, 5 opportunity, 6 customer, 7 disqualified, 8 recycled.
create temp table stays as
with known as (
    select person_key, any_value(created_at) as created_at,
        min(entered_at) as declared_at,
        min(entered_at) filter (stage_order = 1) as lead_at
    from people
    left join declared using (person_key)
    group by person_key
),
deals as (
    select key(person_id) as person_key, unnest([5, 6]) as stage_order,
        unnest([created_at, if(is_won, greatest(closed_at, created_at), null)])
            as entered_at
    from built.marts.bridge_opportunity_people
    join built.marts.fct_opportunity_outcomes using (opportunity_id)
),
-- Only who has a deal can have a stage that no event declares.
told as (
    select person_key, stage_order, true as is_declared, entered_at
    from declared
    where person_key in (select person_key from deals)
    union all
    select person_key, stage_order, false,
        greatest(entered_at, least(created_at, declared_at))
    from deals
    join known using (person_key)
    where entered_at is not null
),
cycled as (
    select *, count(*) filter (stage_order = 8) over (
        partition by person_key order by entered_at, stage_order
        rows between unbounded preceding and 1 preceding
    ) as times_recycled
    from told
),
reached as (
    select person_key, times_recycled, stage_order, bool_or(is_declared) as is_declared,
        min(entered_at) as entered_at
    from cycled
    where stage_order < 7
    group by person_key, times_recycled, stage_order
),
stamps as (
    select person_key, stage_order, entered_at
    from reached
    qualify not is_declared and coalesce(entered_at <= min(entered_at) over (
        partition by person_key, times_recycled order by stage_order
        rows between 1 following and unbounded following
    ), true)
),
evidence as (
    select person_key, stage_order, 'stage_event' as evidence, entered_at from declared
    union all
    select person_key, stage_order, 'opportunity', entered_at from stamps
    union all
    -- A creation that the declared lead repeats would collapse into it.
    select person_key, 1, 'created_at', created_at
    from known
    where coalesce(created_at <= declared_at, true)
        and created_at is distinct from lead_at
),
changes as (
    select *
    from evidence
    qualify stage_order is distinct from lag(stage_order) over (
        partition by person_key order by entered_at, stage_order, evidence desc
    )
),
entries as (
    select *, 1 + count(*) filter (stage_order = 8) over (
        partition by person_key order by entered_at, stage_order
        rows between unbounded preceding and 1 preceding
    ) as cycle_number
    from changes
),
cycle_stages as (
    select person_key, cycle_number, min(entered_at) as first_at,
        min(entered_at) filter (stage_order = 1) as lead_at,
        list_distinct(list(stage_order) filter (stage_order < 7)) as stages
    from entries
    group by person_key, cycle_number
),
gaps as (
    select person_key, cycle_number, unnest(range(2, list_max(stages))) as stage_order,
        stages
    from cycle_stages
    where list_max(stages) > len(stages)
),
imputed as (
    select person_key, cycle_number, gaps.stage_order,
        min(entered_at) as entered_at
    from gaps
    join entries using (person_key, cycle_number)
    where entries.stage_order > gaps.stage_order and entries.stage_order < 7
        and not list_contains(stages, gaps.stage_order)
    group by person_key, cycle_number, gaps.stage_order
    union all
    select person_key, cycle_number, 1, first_at
    from cycle_stages
    where lead_at is null or (cycle_number = 1 and lead_at > first_at)
),
completed as (
    select person_key, cycle_number, stage_order, evidence, false as is_imputed,
        entered_at
    from entries
    union all
    select person_key, cycle_number, stage_order, 'imputed', true, entered_at
    from imputed
)
select *, row_number() over in_order as sequence_number,
    lead(stage_order) over in_order as next_stage_order,
    lead(entered_at) over in_order as exited_at
from completed
window in_order as (
    partition by person_key order by cycle_number, entered_at, stage_order
);

create table fct_stage_transitions as
select
    md5(person_id || '#' || cycle_number || '#' || stages.stage || '#' || entered_at)
        as stage_transition_id,
    person_id, cycle_number::integer as cycle_number,
    sequence_number::integer as sequence_number, stages.stage, evidence,
    next_stages.stage as next_stage, definition_version,
    next_stage_order is null as is_current, is_imputed, entered_at, exited_at
from stays
join people using (person_key)
join built.policy.lifecycle_stages as stages using (stage_order)
left join built.policy.lifecycle_stages as next_stages
    on next_stage_order = next_stages.stage_order
left join built.policy.mql_definitions as definitions
    on entered_at >= effective_from and coalesce(entered_at < effective_to, true);

-- proven and skipped: when the cycle first entered each stage up to customer.
create temp table cycles as
with imputed as (
    select person_key, cycle_number,
        string_agg(stage, ',' order by sequence_number) as imputed_stages
    from stays
    join built.policy.lifecycle_stages using (stage_order)
    where is_imputed
    group by person_key, cycle_number
)
select person_key, cycle_number, any_value(imputed_stages) as imputed_stages,
    [
        min(entered_at) filter (stage_order = 1),
        min(entered_at) filter (stage_order = 2 and not is_imputed),
        min(entered_at) filter (stage_order = 3 and not is_imputed),
        min(entered_at) filter (stage_order = 4 and not is_imputed),
        min(entered_at) filter (stage_order = 5 and not is_imputed),
        min(entered_at) filter (stage_order = 6)
    ] as proven,
    [
        null,
        min(entered_at) filter (stage_order = 2 and is_imputed),
        min(entered_at) filter (stage_order = 3 and is_imputed),
        min(entered_at) filter (stage_order = 4 and is_imputed),
        min(entered_at) filter (stage_order = 5 and is_imputed),
        null
    ] as skipped,
    min(entered_at) filter (stage_order = 8) as recycled_at
from stays
left join imputed using (person_key, cycle_number)
group by person_key, cycle_number;

create table fct_lead_funnel as
select person_id || '#' || cycle_number as funnel_cycle_id, person_id, account_id,
    cycle_number::integer as cycle_number, segment, channel, imputed_stages,
    proven[1] as lead_at, proven[2] as mql_at, proven[3] as sal_at, proven[4] as sql_at,
    proven[5] as opportunity_at, proven[6] as won_at, recycled_at,
    null::timestamp as disqualified_at
from cycles
join people using (person_key);

create table dim_people as
with person_stages as (
    select person_key, min(stage) filter (next_stage_order is null) as lifecycle_stage,
        bool_or(stage_order = 6) as is_customer,
        min(entered_at) filter (stage_order = 2 and not is_imputed) as mql_at
    from stays
    join built.policy.lifecycle_stages using (stage_order)
    group by person_key
)
select person_id, profiles.account_id, profiles.owner_id, email, email_domain,
    first_name, last_name, title, seniority, company_name, profiles.country,
    profiles.segment, profiles.lead_source, lifecycle_stage, suppression_reason,
    coalesce(person_stages.is_customer, false) or coalesce(accounts.is_customer, false)
        as is_customer,
    is_marketable, is_suppressed, is_complete, profiles.is_enriched,
    profiles.record_count, profiles.created_at, first_touch_at, mql_at, person_key,
    key(profiles.account_id) as account_key
from built.marts.dim_person_profiles as profiles
join built.marts.dim_person_consents using (person_id)
join people using (person_id)
left join person_stages using (person_key)
left join built.marts.dim_accounts as accounts
    on profiles.account_id = accounts.account_id;

create temp table assignments as
with given as (
    select distinct person_key, 'generic:' || owner_id as owner_id, assigned_at
    from built.raw_generic.assignment_events as events
    join records on 'generic:' || events.person_id = person_record_id
)
select *, row_number() over in_turn as assignment_number,
    lag(owner_id) over in_turn as previous_owner_id,
    min(assigned_at) over (partition by person_key) as first_owned_at
from given
window in_turn as (partition by person_key order by assigned_at, owner_id);

create temp table mqls as
select person_key, cycle_number, person_id || '#' || cycle_number as funnel_cycle_id,
    proven[2] as mql_at,
    coalesce(
        arg_max(assignments.owner_id, assignment_number)
            filter (assigned_at <= proven[2]),
        arg_min(assignments.owner_id, assignment_number)
            filter (assigned_at > proven[2]),
        any_value(people.owner_id)
    ) as owner_id
from cycles
join people using (person_key)
left join assignments using (person_key)
where proven[2] is not null
group by person_key, cycle_number, person_id, proven[2];

create temp table cycle_deals as
with deals as (
    select opportunity_id, key(person_id) as person_key, is_closed, is_won,
        if(is_won, amount_usd, 0) / count(*) over (partition by opportunity_id)
            as won_usd,
        if(is_won, greatest(closed_at, created_at), created_at) as placed_at
    from built.marts.bridge_opportunity_people
    join built.marts.fct_opportunity_outcomes using (opportunity_id)
),
placed as (
    select person_key, max(cycle_number) as cycle_number,
        any_value(is_closed and not is_won) as is_lost, any_value(won_usd) as won_usd
    from deals
    join cycles using (person_key)
    where placed_at >= proven[1] or cycle_number = 1
    group by person_key, opportunity_id
)
select person_key, cycle_number, bool_and(is_lost) as is_lost,
    sum(coalesce(won_usd, 0))::decimal(28, 6) as won_usd
from placed
group by person_key, cycle_number;

create table fct_funnel_steps as
with steps as (
    select person_key, cycle_number, proven, recycled_at,
        unnest(range(1, 7)) as stage_order, unnest(proven) as proven_at,
        unnest(skipped) as skipped_at
    from cycles
),
aged as (
    select person_key, cycle_number, stage, stage_order, recycled_at,
        date_trunc('month', proven[1])::date as cohort_month,
        proven_at is null as is_skipped, coalesce(proven_at, skipped_at) as entered_at,
        list_min(proven[stage_order + 1:]) as later_at,
        entered_at <= getvariable('as_of') - to_days(progress_days) as is_mature,
        entered_at <= getvariable('as_of') - to_days(win_days) as is_priceable,
        stage = 'opportunity' and coalesce(is_lost, false) as is_lost,
        coalesce(won_usd, 0) as won_usd
    from steps
    join built.policy.lifecycle_stages using (stage_order)
    join built.policy.funnel_policies using (stage)
    left join cycle_deals using (person_key, cycle_number)
    where proven_at is not null or skipped_at is not null
),
judged as (
    select aged.*, person_id, person_id || '#' || cycle_number as funnel_cycle_id,
        segment, channel, lead_source,
        coalesce(mqls.owner_id, people.owner_id) as owner_id,
        case
            when later_at is not null then 'progressed'
            when stage = 'customer' then 'won'
            when is_lost then 'lost'
            when recycled_at is not null then 'recycled'
            when is_mature then 'stalled'
            else 'open'
        end as outcome,
        outcome in ('lost', 'recycled', 'stalled') as is_dropped,
        if(later_at >= entered_at and not is_skipped, later_at, null) as progressed_at
    from aged
    join people using (person_key)
    left join mqls using (person_key, cycle_number)
),
priced as (
    select segment, stage,
        count(*) filter (is_priceable and outcome = 'progressed') as cycles,
        sum(won_usd) filter (is_priceable and outcome = 'progressed') as won_usd
    from judged
    where not is_skipped
    group by segment, stage
),
step_values as (
    select segment, stage,
        if(
            cycles >= least_cycles,
            won_usd / cycles,
            sum(won_usd) over of_stage / nullif(sum(cycles) over of_stage, 0)
        )::decimal(28, 2) as value_usd
    from priced
    join built.policy.funnel_policies using (stage)
    window of_stage as (partition by stage)
)
select funnel_cycle_id || '#' || stage as funnel_step_id, funnel_cycle_id, person_id,
    cycle_number::integer as cycle_number, stage, stage_order::integer as stage_order,
    cohort_month, segment, channel, lead_source, owner_id, outcome, is_skipped,
    is_mature, is_dropped,
    date_diff('second', entered_at, progressed_at) / 86400e0 as days_to_next, won_usd,
    if(is_dropped, coalesce(value_usd, 0), 0)::decimal(28, 2) as value_lost_usd,
    entered_at, progressed_at
from judged
left join step_values using (segment, stage);

create table fct_recycled_leads as
select recycled.funnel_cycle_id, recycled.person_id, recycled.cycle_number,
    recycled.segment, recycled.channel,
    returned.funnel_cycle_id as next_funnel_cycle_id,
    recycled.recycled_at <= getvariable('as_of') - to_days(progress_days) as is_mature,
    coalesce(won_usd, 0)::decimal(28, 6) as won_usd, recycled.recycled_at,
    returned.mql_at as requalified_at, returned.opportunity_at, returned.won_at
from fct_lead_funnel as recycled
join built.policy.funnel_policies on stage = 'recycled'
left join fct_lead_funnel as returned
    on recycled.person_id = returned.person_id
    and recycled.cycle_number + 1 = returned.cycle_number
left join cycle_deals
    on key(returned.person_id) = person_key
    and returned.cycle_number = cycle_deals.cycle_number
where recycled.recycled_at is not null;

create table fct_lead_assignments as
with owners as (
    select rep_id from built.marts.dim_reps where is_active
),
account_wins as (
    select account_id, min(greatest(closed_at, created_at)) as won_at
    from built.marts.fct_opportunity_outcomes
    where is_won
    group by account_id
),
asked as (
    select assignments.*, person_id, people.account_id, proven[1] as lead_at,
        if(accounts.owner_id in (from owners), accounts.owner_id, null)
            as account_owner_id,
        coalesce(accounts.created_at <= assigned_at, true) as is_account_known,
        coalesce(least(won_at, proven[6]) <= assigned_at, false) as is_customer
    from assignments
    join people using (person_key)
    left join cycles on people.person_key = cycles.person_key and cycle_number = 1
    left join built.marts.dim_accounts as accounts
        on people.account_id = accounts.account_id
    left join account_wins on people.account_id = account_wins.account_id
),
deals as (
    select opportunity_id, account_id, owner_id as deal_owner_id,
        created_at as open_from, if(is_closed, closed_at, 'infinity') as open_until
    from built.marts.fct_opportunity_outcomes
    where owner_id in (from owners)
),
open_deals as (
    select person_key, assigned_at, deal_owner_id, 1 as nearness
    from asked
    join built.marts.bridge_opportunity_people using (person_id)
    join deals using (opportunity_id)
    where assigned_at between open_from and open_until
    union all
    select person_key, assigned_at, deal_owner_id, 2
    from asked
    join deals using (account_id)
    where assigned_at between open_from and open_until
),
nearest_deals as (
    select person_key, assigned_at, nearness,
        string_agg(distinct deal_owner_id, ',' order by deal_owner_id)
            as deal_owner_ids
    from open_deals
    group by person_key, assigned_at, nearness
    qualify nearness = min(nearness) over (partition by person_key, assigned_at)
),
-- The first of the rules, in order of their priority, that allows anybody.
answered as (
    select *,
        case
            when deal_owner_ids is not null then 'opportunity_owner'
            when is_customer and account_owner_id is not null then 'customer_owner'
            when is_account_known and account_owner_id is not null then 'account_owner'
            else 'fallback'
        end as rule_kind,
        coalesce(previous_owner_id != owner_id, false) as is_reroute
    from asked
    left join nearest_deals using (person_key, assigned_at)
),
ruled as (
    select answered.*, routing_rule_id, routing_rule, pool,
        case rule_kind
            when 'opportunity_owner' then deal_owner_ids
            when 'fallback' then fallback_owner
            else account_owner_id
        end as expected_owner_ids,
        sum(is_reroute::integer) over (partition by person_key) as reroutes
    from answered
    join built.policy.routing_rules using (rule_kind)
    where rule_set = 'current'
)
select person_id || '#' || assignment_number as lead_assignment_id, person_id, owner_id,
    previous_owner_id, expected_owner_ids, routing_rule_id, routing_rule, rule_kind,
    pool, assignment_number::integer as assignment_number,
    assignment_number = 1 as is_first, is_reroute,
    contains(',' || expected_owner_ids || ',', ',' || owner_id || ',') as is_correct,
    if(assignment_number = 1, reroutes, null)::integer as reroutes,
    if(
        assignment_number = 1 and first_owned_at >= lead_at,
        date_diff('second', lead_at, first_owned_at) / 60e0, null
    ) as minutes_to_owner,
    assigned_at
from ruled;

create temp table rep_clocks as
select rep_id as owner_id, calendar, zones.time_zone, holiday_country,
    concat_ws('@', calendar, zones.time_zone, holiday_country) as clock_id
from built.marts.dim_reps as reps
join built.policy.time_zones as zones on lower(reps.time_zone) = lower(zones.time_zone)
join built.policy.team_calendars as calendars on calendars.team = '*';

create temp table spells as
with clocks as (
    select distinct clock_id, calendar, time_zone, holiday_country from rep_clocks
),
days as (
    select unnest(range(
        (select min(mql_at) from mqls)::date - 7, getvariable('as_of')::date + 367,
        interval 1 day
    )) as day
),
opened as (
    select clock_id,
        (day + hours.opens_at::interval) at time zone time_zone at time zone 'UTC'
            as opens_at,
        (day + hours.closes_at::interval) at time zone time_zone at time zone 'UTC'
            as closes_at
    from days
    join built.policy.business_hours as hours on isodow(day) = weekday
    join clocks using (calendar)
    anti join built.policy.holidays on country = holiday_country and holiday_date = day
)
select clock_id, opens_at, date_diff('second', opens_at, closes_at) as seconds_open,
    coalesce(sum(seconds_open) over (
        partition by clock_id order by opens_at
        rows between unbounded preceding and 1 preceding
    ), 0)::bigint as seconds_before
from opened;

create table fct_lead_responses as
with spans as (
    select *, lead(mql_at) over (partition by person_key order by mql_at) as next_mql_at
    from mqls
),
answers as (
    select funnel_cycle_id, arg_min(
        {
            id: activity_id, kind: activity_type, responder: activities.user_id,
            responded_at: occurred_at
        },
        (occurred_at, activity_id)
    ) as answer
    from spans
    join records using (person_key)
    join built.raw_generic.activities as activities
        on person_record_id = 'generic:' || activities.person_id
        and occurred_at >= mql_at and coalesce(occurred_at < next_mql_at, true)
    where (activity_type, direction)
        in (select (activity_type, direction) from built.policy.response_types)
    group by funnel_cycle_id
),
kinds as (
    select distinct segment, channel from people
),
targets as (
    select kinds.segment, kinds.channel, arg_min(targets, priority) as target
    from kinds
    join built.policy.sla_targets as targets
        on targets.segment in (kinds.segment, '*')
        and targets.channel in (kinds.channel, '*')
    group by kinds.segment, kinds.channel
),
timed as (
    select mqls.*, person_id, segment, channel, clock_id, answer,
        target.sla_target_id, target.sla_minutes, target.at_risk_minutes,
        target.fallback_owner,
        coalesce(answer.responded_at, getvariable('as_of')) as ends_at
    from mqls
    join people using (person_key)
    join rep_clocks on mqls.owner_id = rep_clocks.owner_id
    join targets using (segment, channel)
    left join answers using (funnel_cycle_id)
),
started as (
    select timed.*,
        seconds_before
        + least(seconds_open, date_diff('second', opens_at, mql_at)) as started
    from timed
    asof join spells on timed.clock_id = spells.clock_id and mql_at >= opens_at
),
elapsed as (
    select started.*,
        (
            seconds_before - started
            + least(seconds_open, date_diff('second', opens_at, ends_at))
        ) / 60e0 as elapsed_minutes
    from started
    asof join spells on started.clock_id = spells.clock_id and ends_at >= opens_at
),
due as (
    select elapsed.*,
        opens_at + to_seconds(started + 60 * sla_minutes - seconds_before) as due_at,
        case
            when answer is not null
                then date_trunc('second', answer.responded_at) <= due_at
            when due_at < getvariable('as_of') then false
        end as is_met
    from elapsed
    asof join spells
        on elapsed.clock_id = spells.clock_id
        and started + 60 * sla_minutes > seconds_before
)
select funnel_cycle_id, person_id, cycle_number::integer as cycle_number, segment,
    channel, owner_id, clock_id, sla_target_id,
    'generic:' || answer.id as first_response_activity_id,
    answer.kind as first_response_type, 'generic:' || answer.responder as responder_id,
    case when is_met is null then 'pending' when is_met then 'met' else 'missed' end
        as sla_status,
    if(not is_met, fallback_owner, null) as fallback_owner,
    sla_minutes::integer as sla_minutes,
    if(answer is not null, elapsed_minutes, null) as response_minutes,
    if(not is_met, (elapsed_minutes - sla_minutes) / 60, null) as overdue_hours, is_met,
    is_met is null and due_at <= getvariable('as_of') + to_minutes(at_risk_minutes)
        as is_at_risk,
    mql_at, due_at, answer.responded_at as first_response_at
from due;

create table fct_funnel_events as
select 'mql_to_sql_rate' as metric, funnel_cycle_id as event_id, person_id, channel,
    segment, false as is_by_owner, null::varchar as owner_id,
    (sql_at is not null)::integer::double as numerator, mql_at as happened_at
from fct_lead_funnel
where mql_at is not null
union all
select 'lead_to_opportunity_rate', funnel_cycle_id, person_id, channel, segment, false,
    null, (opportunity_at is not null)::integer, lead_at
from fct_lead_funnel
union all
select 'time_to_mql_days', person_id, person_id, channel, segment, true, owner_id,
    date_diff('second', first_touch_at, mql_at) / 86400e0, mql_at
from (
    select person_key, min(mql_at) as mql_at from mqls group by person_key
)
join people using (person_key)
where first_touch_at <= mql_at
union all
select 'lead_routing_accuracy', lead_assignment_id, person_id, channel, segment, true,
    assignments.owner_id, is_correct::integer, assigned_at
from fct_lead_assignments as assignments
join people using (person_id)
where is_first
union all
select 'sla_compliance_rate', funnel_cycle_id, person_id, channel, segment, true,
    owner_id, is_met::integer, mql_at
from fct_lead_responses
where is_met is not null;

create table audience_marketable_people as
select person_id, account_id, people.owner_id, email, email_domain, first_name,
    last_name, title, seniority, company_name, people.country, industry, territory,
    people.segment, lead_source, lifecycle_stage, people.is_customer, is_complete,
    people.is_enriched, people.record_count, employee_count, annual_revenue_usd,
    intent_score, people.created_at, first_touch_at, mql_at
from dim_people as people
join built.marts.dim_person_consents as consents using (person_id)
left join built.marts.dim_accounts using (account_id)
where people.is_marketable and not people.is_suppressed and not is_address_suppressed;

create table audience_members as
with audiences as (
    select audience_id, audience, bit_or(1 << condition_number) as conditions
    from built.policy.audiences
    left join built.policy.audience_criteria using (audience_id)
    group by audience_id, audience
),
met as (
    select audience_id, person_id, account_id,
        bit_or(1 << condition_number) as conditions
    from audience_marketable_people, built.policy.audience_criteria
    where case column_name
        when 'segment' then segment = value
        when 'employee_count' then employee_count >= try_cast(value as integer)
        when 'is_customer' then is_customer = try_cast(value as boolean)
        when 'lifecycle_stage' then lifecycle_stage = value
        when 'mql_at' then mql_at <= getvariable('as_of')
            and mql_at >= getvariable('as_of') - to_days(try_cast(value as integer))
    end
    group by audience_id, person_id, account_id
)
select audience_id, audience, person_id, account_id
from met
join audiences using (audience_id, conditions)
union all
select audience_id, audience, person_id, account_id
from audiences, audience_marketable_people
where conditions is null;

create temp table met_fit_rules as
with attributes as (
    select key(person_id) as subject_key, 'person' as subject, lower(title) as title,
        seniority, profiles.segment, lead_source, industry, territory,
        annual_revenue_usd, email_domain, freemail.domain is not null as is_freemail
    from built.marts.dim_person_profiles as profiles
    left join built.marts.dim_accounts using (account_id)
    left join built.policy.freemail_domains as freemail
        on email_domain = freemail.domain
    union all
    select account_key(account_id), 'account', null, null, segment, null, industry,
        territory, annual_revenue_usd, domain, null
    from built.marts.dim_accounts
)
select subject_key, rule_id, points
from attributes
join built.policy.scoring_rules using (subject)
where dimension = 'fit' and case column_name
    when 'title' then title like value
    when 'seniority' then seniority = value
    when 'segment' then segment = value
    when 'lead_source' then lead_source = value
    when 'industry' then industry = value
    when 'territory' then territory = value
    when 'annual_revenue_usd' then annual_revenue_usd >= try_cast(value as double)
    when 'email_domain' then email_domain = value
    when 'is_freemail' then is_freemail = try_cast(value as boolean)
end;

create temp table subjects as
with ids as (
    select key(person_id) as subject_key, 'person' as subject, person_id as subject_id,
        account_key(account_id) as account_key
    from people
    union all
    select account_key(account_id), 'account', account_id, account_key(account_id)
    from built.marts.dim_accounts
),
fits as (
    select subject_key, sum(points) as fit_points
    from met_fit_rules
    group by subject_key
),
fitted as (
    select ids.*, coalesce(fit_points, 0) as fit_points
    from ids
    left join fits using (subject_key)
),
grades as (
    select subject, grade, coalesce(min_points, '-infinity') as min_points
    from built.policy.score_grades
)
select fitted.*, grade
from fitted
asof join grades on fitted.subject = grades.subject and fit_points >= min_points;

create temp table rules as
select row_number() over (order by rule_id)::utinyint as rule_number, rule_id,
    column_name, value, points, max_points, half_life_days,
    dimension = 'intent' as is_intent
from built.policy.scoring_rules
where half_life_days is not null;

-- Points are scaled to what is left of them at as_of, so that sums need no decay. No
-- rule stands higher than max_points: where one may come to that, sums tell how high it
-- stood from touch to touch. All that list_reduce reads lies in its list: DuckDB 1.5.5
-- may give its lambda a column of another row.
create temp table standings as
with fired as (
    select rule_number, person_key as subject_key, touched_at as fired_at
    from built.marts.fct_touchpoints
    join rules on column_name = 'touch_type' and value = touch_type
    where person_key is not null and not is_sales
    union all
    select rule_number, person_key, touched_at
    from built.marts.fct_touchpoints
    join rules on column_name = 'channel' and value = channel
    where person_key is not null and not is_sales
    union all
    select rule_number, account_key(account_id), observed_on
    from built.raw_generic.intent_signals
    join built.marts.dim_accounts using (domain)
    join rules on column_name = 'signal_score' and score >= value::double
),
listed as (
    select rule_number, subject_key, list(fired_at order by fired_at) as moments
    from fired
    group by rule_number, subject_key
)
select listed.*, account_key, is_intent, half_life_days, points,
    if(
        points * len(moments) > max_points,
        list_reduce(
            list_transform(moments, lambda moment: [
                points * faded(moment, half_life_days),
                max_points * faded(moment, half_life_days)
            ]),
            lambda sums, given: list_append(sums, least(sums[-1] + given[1], given[2])),
            [0.0]
        ),
        null
    ) as sums
from listed
join rules using (rule_number)
join subjects using (subject_key);

create temp view earnings as
with unnested as (
    select account_key, subject_key, rule_number, is_intent, half_life_days, points,
        unnest(moments) as fired_at,
        unnest(list_transform(sums[2:], lambda total, i: total - sums[i])) as added
    from standings
)
select account_key, subject_key, rule_number, is_intent, half_life_days, fired_at,
    coalesce(added, points * faded(fired_at, half_life_days)) as scaled,
    coalesce(added / faded(fired_at, half_life_days), points) as points
from unnested;

create temp table person_moments as
select account_key, subject_key, rule_number, half_life_days, scaled, points, fired_at,
    lag(fired_at) over person_so_far as previous_at,
    lead(fired_at) over person_so_far as next_at,
    sum(points) over person_moment as earned_points,
    bit_or(1::bigint << rule_number) over person_moment as fired_rules,
    sum(scaled) filter (half_life_days = 14) over person_so_far as sum_14,
    sum(scaled) filter (half_life_days = 30) over person_so_far as sum_30,
    sum(scaled) filter (half_life_days = 45) over person_so_far as sum_45,
    sum(scaled) filter (half_life_days = 60) over person_so_far as sum_60
from earnings
where not is_intent
window
    person_so_far as (partition by subject_key order by fired_at),
    person_moment as (
        partition by subject_key order by fired_at
        range between current row and current row
    );

-- Within each definition a person is engaged until engaged_days after a touch. Changes
-- between touches fall a microsecond beside the full seconds of these.
create temp table account_moments as
with definitions as (
    select effective_from::timestamp as effective_from,
        coalesce(effective_to::timestamp, 'infinity') as effective_to,
        to_days(engaged_days) as engaged_span
    from built.policy.mqa_definitions
),
engagements as (
    select account_key, fired_at, next_at, effective_from,
        least(
            fired_at + engaged_span + interval 1 microsecond,
            effective_to - interval 1 microsecond
        ) as engaged_until
    from person_moments
    join definitions
        on fired_at < effective_to and fired_at + engaged_span >= effective_from
        and coalesce(next_at >= effective_from, true)
),
changes as (
    select account_key, fired_at, rule_number, false as is_intent, half_life_days,
        scaled, points,
        if(previous_at + engaged_span >= fired_at, 0, 1) as people
    from person_moments
    join definitions on fired_at >= effective_from and fired_at < effective_to
    union all
    select account_key, fired_at, rule_number, true, half_life_days, scaled, points, 0
    from earnings
    where is_intent
    union all
    select account_key, effective_from - interval 1 microsecond, null, null, null, null,
        null, 1
    from engagements
    where fired_at < effective_from
    union all
    select account_key, engaged_until, null, null, null, null, null, -1
    from engagements
    where coalesce(engaged_until < next_at, true)
        and engaged_until < getvariable('as_of')
)
select account_key, fired_at, lead(fired_at) over account_so_far as next_at,
    sum(people) over account_so_far as engaged_people,
    sum(points) over account_moment as earned_points,
    bit_or(1::bigint << rule_number) over account_moment as fired_rules,
    sum(scaled) filter (half_life_days = 14) over account_so_far as sum_14,
    sum(scaled) filter (half_life_days = 30 and not is_intent) over account_so_far
        as sum_30,
    sum(scaled) filter (half_life_days = 45) over account_so_far as sum_45,
    sum(scaled) filter (half_life_days = 60) over account_so_far as sum_60,
    sum(scaled) filter (is_intent) over account_so_far as sum_intent
from changes
window
    account_so_far as (partition by account_key order by fired_at),
    account_moment as (
        partition by account_key order by fired_at
        range between current row and current row
    );

create temp table rule_sets as
with sets as (
    select fired_rules from person_moments
    union
    select fired_rules from account_moments
)
select fired_rules, string_agg(rule_id, ', ' order by rule_id) as rule_ids
from sets
join rules on fired_rules >> rule_number & 1 = 1
group by fired_rules;

create table fct_lead_score_changes as
with moments as (
    select *,
        coalesce(sum_14, 0) / faded(fired_at, 14)
        + coalesce(sum_30, 0) / faded(fired_at, 30)
        + coalesce(sum_45, 0) / faded(fired_at, 45)
        + coalesce(sum_60, 0) / faded(fired_at, 60) as engagement_points
    from person_moments
    where next_at is distinct from fired_at
)
select subject_id as person_id, grade, rule_ids, earned_points, engagement_points,
    fit_points, engagement_points + fit_points as score, fired_at as scored_at
from moments
join rule_sets using (fired_rules)
join subjects using (subject_key);

-- The definitions are joined last: of a join by ranges DuckDB expects few rows.
create table fct_account_score_changes as
with moments as (
    select *,
        round(
            coalesce(sum_14, 0) / faded(fired_at, 14)
            + coalesce(sum_30, 0) / faded(fired_at, 30)
            + coalesce(sum_45, 0) / faded(fired_at, 45)
            + coalesce(sum_60, 0) / faded(fired_at, 60),
            12
        ) as engagement_points,
        round(coalesce(sum_intent, 0) / faded(fired_at, 30), 12) as intent_points
    from account_moments
    where next_at is distinct from fired_at
)
select subject_id as account_id, definition_version, grade, rule_ids,
    engaged_people >= min_engaged_people
    and round(engagement_points + intent_points + fit_points, 12) >= min_score
    and coalesce(fit_points >= min_fit_points, true)
    and coalesce(engagement_points >= min_engagement_points, true)
    and coalesce(intent_points >= min_intent_points, true) as is_mqa,
    engaged_people::bigint as engaged_people, earned_points, engagement_points,
    intent_points, fit_points,
    round(engagement_points + intent_points + fit_points, 12) as score,
    fired_at as scored_at
from moments
join rule_sets using (fired_rules)
join subjects on moments.account_key = subject_key
left join built.policy.mqa_definitions
    on fired_at >= effective_from and coalesce(fired_at < effective_to, true);

create temp table told_rules as
with told as (
    select subject_key, account_key, rule_number, is_intent,
        len(moments) as times_fired, moments[-1] as last_fired_at,
        -- Rounded touch by touch, so that the same rule of two comes first as in dbt.
        list_sum(coalesce(
            list_transform(sums[2:], lambda total, i:
                (total - sums[i])::decimal(28, 12)
            ),
            list_transform(moments, lambda moment:
                (points * faded(moment, half_life_days))::decimal(28, 12)
            )
        ))::double as points
    from standings
),
fired as (
    select subject_key, rule_number, times_fired, points, last_fired_at from told
    union all
    select account_key, rule_number, sum(times_fired), sum(points), max(last_fired_at)
    from told
    where not is_intent
    group by account_key, rule_number
)
select subject_key, rule_id, times_fired::bigint as times_fired,
    round(fired.points, 12) as points, last_fired_at
from fired
join rules using (rule_number)
union all
select subject_key, rule_id, null, points, null
from met_fit_rules;

create table fct_lead_score_rules as
select subject_id as person_id, rule_id, rule, dimension, times_fired,
    told_rules.points, last_fired_at
from told_rules
join built.policy.scoring_rules using (rule_id)
join subjects using (subject_key)
where subjects.subject = 'person';

create table fct_account_score_rules as
select subject_id as account_id, rule_id, rule, dimension, times_fired,
    told_rules.points, last_fired_at
from told_rules
join built.policy.scoring_rules using (rule_id)
join subjects using (subject_key)
where subjects.subject = 'account';

set variable rule_names = (
    select list(rule order by rule_id) from built.policy.scoring_rules
);

-- Of rules that weigh the same the first stands before the others.
create temp table current_scores as
with weighed as (
    select subject_key,
        max([abs(told_rules.points), -place, told_rules.points], 3) as weightiest,
        sum(told_rules.points) filter (dimension = 'engagement') as engagement_points,
        sum(told_rules.points) filter (dimension = 'intent') as intent_points,
        max(last_fired_at) as last_fired_at
    from told_rules
    join (
        select *, row_number() over (order by rule_id) as place
        from built.policy.scoring_rules
    ) using (rule_id)
    group by subject_key
)
select subjects.*, last_fired_at,
    coalesce(engagement_points, 0) as engagement_points,
    coalesce(intent_points, 0) as intent_points,
    array_to_string(list_transform(weightiest, lambda weight:
        getvariable('rule_names')[-weight[2]::integer]
        || if(weight[3] < 0, ' ', ' +') || weight[3]::decimal(18, 1)
    ), ', ') as top_rules
from subjects
left join weighed using (subject_key);

create table fct_lead_rule_scores as
select subject_id as person_id, grade, top_rules, engagement_points, fit_points,
    engagement_points + fit_points as score, last_fired_at as last_engaged_at
from current_scores
where subject = 'person';

create table fct_account_scores as
with definitions as (
    select *
    from built.policy.mqa_definitions
    where effective_from <= getvariable('as_of')
        and coalesce(effective_to > getvariable('as_of'), true)
),
engaged as (
    select account_key as subject_key, count(distinct subject_key) as engaged_people
    from person_moments
    join definitions on fired_at >= getvariable('as_of') - to_days(engaged_days)
    group by account_key
),
first_mqas as (
    select account_id as subject_id, min(scored_at) as mqa_at
    from fct_account_score_changes
    where is_mqa
    group by account_id
),
judged as (
    select *, coalesce(engaged.engaged_people, 0) as people,
        round(engagement_points + intent_points + fit_points, 12) as score,
        people >= min_engaged_people and score >= min_score
        and coalesce(fit_points >= min_fit_points, true)
        and coalesce(engagement_points >= min_engagement_points, true)
        and coalesce(intent_points >= min_intent_points, true) as is_mqa
    from current_scores
    cross join definitions
    left join engaged using (subject_key)
    left join first_mqas using (subject_id)
    where subject = 'account'
)
select subject_id as account_id, definition_version, grade, top_rules, is_mqa,
    people as engaged_people, engagement_points, intent_points, fit_points, score,
    last_fired_at as last_scored_at,
    coalesce(mqa_at, if(is_mqa, effective_from::timestamp, null)) as mqa_at
from judged;
