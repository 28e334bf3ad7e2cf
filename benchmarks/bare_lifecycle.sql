-- The bare limit of lifecycle in benchmarks/whole_way.py, of its dearest parts: stays and
-- funnel, and the score of each person and account after each touch, decayed since.

create table stays as
select
    records.person_id, events.stage, events.entered_at,
    lead(events.entered_at) over (
        partition by records.person_id order by events.entered_at
    ) as exited_at
from built.raw_generic.stage_events as events
join built.marts.bridge_person_records as records
    on 'generic:' || events.person_id = records.person_record_id;

create table funnel as
select
    person_id, min(entered_at) filter (where stage = 'mql') as mql_at,
    min(entered_at) filter (where stage = 'sal') as sal_at,
    min(entered_at) filter (where stage = 'sql') as sql_at,
    min(entered_at) filter (where stage = 'opportunity') as opportunity_at
from stays
group by person_id;

create table fired as
select
    touches.person_id, touches.account_id, rules.rule_id, rules.half_life_days,
    rules.points, touches.touched_at,
    epoch_us(touches.touched_at) / (864e8 * rules.half_life_days) as half_lives
from built.marts.fct_touchpoints as touches
join built.policy.scoring_rules as rules
    on touches.touch_type = rules.value and rules.column_name = 'touch_type'
where touches.person_id is not null;

create table scores as
with subjects as (
    select 'person' as subject, person_id as subject_id, * from fired
    union all
    select 'account', account_id, * from fired where account_id is not null
),
summed as (
    select
        *,
        sum(points * pow(2, half_lives % 256)) over (
            partition by subject, subject_id, half_life_days, floor(half_lives / 256)
            order by touched_at
        ) * pow(0.5, half_lives % 256) as standing
    from subjects
)
select
    subject, subject_id, touched_at, sum(standing) as score, sum(points) as earned,
    array_to_string(list_sort(list(rule_id)), ', ') as rule_ids
from summed
group by subject, subject_id, touched_at;

create table answers as
select
    funnel.person_id, funnel.mql_at, min(activities.occurred_at) as responded_at
from funnel
left join built.marts.bridge_person_records as records
    on funnel.person_id = records.person_id
left join built.raw_generic.activities as activities
    on records.person_record_id = 'generic:' || activities.person_id
    and activities.occurred_at >= funnel.mql_at
where funnel.mql_at is not null
group by funnel.person_id, funnel.mql_at;
