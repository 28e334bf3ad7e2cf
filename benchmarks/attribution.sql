-- The bare limit of benchmarks/attribution.py: the credits that the marts hold, written
-- by hand in as few passes as could be found. What Markov and Shapley say of channels is
-- read from the models; all else is made here.

create schema bare;

create table bare.conversions as
select 'mql' as conversion_type, funnel_cycle_id as conversion_id, person_id,
    account_id, segment, null::decimal(18, 2) as amount_usd, mql_at as converted_at,
    null::timestamp as opened_at, null::timestamp as closed_at
from marts.fct_lead_funnel
union all
select kind, opportunity_id, primary_person_id, account_id, segment, amount_usd,
    if(kind = 'won', closed_at, created_at), created_at,
    if(kind = 'won', closed_at, null)
from marts.fct_opportunity_outcomes, (values ('opportunity'), ('won')) as kinds (kind)
where kind = 'opportunity' or is_won;

create table bare.journeys as
with reached as (
    select c.*, p.person_key, p.created_at as person_at, true as of_account
    from bare.conversions as c
    join marts.dim_people as p on hash(c.person_id) >> 1 = p.person_key
    where c.conversion_type = 'mql'
    union all
    select c.*, p.person_key, p.created_at, true
    from bare.conversions as c
    join marts.dim_people as p on hash(c.account_id) >> 1 = p.account_key
    where c.conversion_type != 'mql'
    union all
    select c.*, p.person_key, p.created_at, false
    from bare.conversions as c
    join marts.bridge_opportunity_people as b on c.conversion_id = b.opportunity_id
    join marts.dim_people as p on hash(b.person_id) >> 1 = p.person_key
    where c.conversion_type != 'mql' and p.account_id is distinct from c.account_id
),
led as (
    select * exclude (person_id),
        coalesce(
            min(person_at) filter (where of_account) over conversion,
            min(person_at) over conversion
        ) as lead_at
    from reached
    window conversion as (partition by conversion_type, conversion_id)
),
touched as (
    select l.*, t.touchpoint_id, t.person_id as touched_id, t.campaign_id, t.channel,
        t.touched_at, t.is_marketing
    from led as l
    join marts.fct_touchpoints as t using (person_key)
    where coalesce(
        t.touched_at between l.converted_at - interval 90 day and l.converted_at
        and not t.is_sales,
        false
    )
),
placed as (
    select *,
        count_if(is_marketing) over so_far as position,
        lead(touchpoint_id) over so_far is null as is_end,
        count_if(is_marketing) over journey as touches,
        count_if(is_marketing and coalesce(touched_at <= lead_at, false))
            over journey as lead_place,
        count_if(is_marketing and coalesce(touched_at <= opened_at, false))
            over journey as open_place,
        count_if(is_marketing and coalesce(touched_at <= closed_at, false))
            over journey as close_place,
        last_value(is_marketing) over (
            so_far rows between unbounded preceding and unbounded following
        ) as ends_well,
        if(is_marketing, pow(0.5, epoch(converted_at - touched_at) / 604800), 0)
            as decay
    from touched
    window
        journey as (partition by conversion_type, conversion_id),
        so_far as (
            partition by conversion_type, conversion_id
            order by touched_at, touchpoint_id
        )
)
select *, decay / sum(decay) over (partition by conversion_type, conversion_id)
    as decay_share,
    hash(
        touches, lead_place, open_place, close_place, ends_well, position, is_marketing
    ) as place
from placed
where touches > 0 and (is_marketing or is_end);

create table bare.weights as
with models (model, f, l, d, a, o, c, others, evenly, by_decay) as (
    values
    ('first_touch', 1, 0, 0, 0, 0, 0, 0, 0, 0),
    ('last_touch', 0, 1, 0, 0, 0, 0, 0, 0, 0),
    ('last_non_direct', 0, 0, 1, 0, 0, 0, 0, 0, 0),
    ('linear', 0, 0, 0, 0, 0, 0, 0, 1, 0),
    ('time_decay', 0, 0, 0, 0, 0, 0, 0, 0, 1),
    ('u_shaped', 0.4, 0, 0.4, 0, 0, 0, 0.2, 0, 0),
    ('w_shaped', 0.3, 0, 0, 0.3, 0.3, 0, 0.1, 0, 0),
    ('full_path', 0.225, 0, 0, 0.225, 0.225, 0.225, 0.1, 0, 0),
    ('j_shaped', 0.2, 0, 0.6, 0, 0, 0, 0.2, 0, 0),
    ('inverse_j', 0.6, 0, 0.2, 0, 0, 0, 0.2, 0, 0),
    ('lead_creation', 0, 0, 0, 1, 0, 0, 0, 0, 0)
),
places as (
    select distinct place, touches, lead_place, open_place, close_place, ends_well,
        position, is_marketing, is_end
    from bare.journeys
),
points as (
    select *,
        if(is_marketing and position = 1, f, 0)
        + if(is_end, l, 0)
        + if(is_marketing and position = touches, d, 0)
        + if(is_marketing and position = lead_place, a, 0)
        + if(is_marketing and position = open_place, o, 0)
        + if(is_marketing and position = close_place, c, 0) as point
    from places, models
),
shares as (
    select *,
        point
        + if(is_marketing and point = 0, others, 0)
        / greatest(count_if(is_marketing and point = 0) over shape, 1)
        + if(is_marketing, evenly / touches, 0) as share
    from points
    window shape as (
        partition by touches, lead_place, open_place, close_place, ends_well, model
    )
)
select place, model,
    case
        when sum(share) over shape + by_decay > 0
            then share / (sum(share) over shape + by_decay)
        when is_marketing then 1 / touches
        else 0
    end as fixed,
    if(is_marketing, by_decay, 0) as by_decay
from shares
window shape as (
    partition by touches, lead_place, open_place, close_place, ends_well, model
);

create table bare.credits as
select j.conversion_type, j.conversion_id, w.model as attribution_model,
    j.touchpoint_id, j.touched_id as person_id, j.account_id, j.campaign_id, j.channel,
    j.segment, w.fixed + w.by_decay * j.decay_share as weight,
    (j.amount_usd * (w.fixed + w.by_decay * j.decay_share))::decimal(28, 10)
        as credit_usd,
    j.converted_at
from bare.journeys as j
join bare.weights as w using (place)
where w.fixed + w.by_decay * j.decay_share > 0
union all
select conversion_type, conversion_id, attribution_model, touchpoint_id, touched_id,
    account_id, campaign_id, channel, segment, weight,
    (amount_usd * weight)::decimal(28, 10), converted_at
from (
    select j.*, s.attribution_model,
        coalesce(
            s.credit_effect / nullif(sum(s.credit_effect) over (
                partition by j.conversion_type, j.conversion_id, s.attribution_model
            ), 0), 1 / touches
        ) as weight
    from bare.journeys as j
    join intermediate.int_attribution__channel_shares as s
        using (conversion_type, channel)
    where j.is_marketing
)
where weight > 0;
