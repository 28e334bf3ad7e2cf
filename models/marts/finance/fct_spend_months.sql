-- Grain: one row per month, channel, campaign and cost type of what was spent, fully
-- loaded: what the channel was charged, and its part of what names no channel.

with

cost_months as (

    select * from {{ ref('int_finance__cost_months') }}

),

cost_shares as (

    select * from {{ ref('int_finance__cost_shares') }}

),

shared_costs as (

    select
        month,
        cost_type,
        sum(cost_usd) as cost_usd
    from cost_months
    where is_shared
    group by
        month,
        cost_type

),

borne_costs as (

    select
        cost_shares.month,
        cost_shares.channel,
        cost_shares.cost_type,
        {{ share_part(
            'shared_costs.cost_usd',
            'cast(cost_shares.weight_upto - cost_shares.weight as double)',
            'cast(cost_shares.weight_upto as double)',
            'cast(cost_shares.weight_whole as double)',
            'decimal(28, 6)',
            6
        ) }} as cost_usd
    from cost_shares
    inner join shared_costs
        on
            cost_shares.month = shared_costs.month
            and cost_shares.cost_type = shared_costs.cost_type

),

-- What channels bear leaves the row that names none.
given_costs as (

    select
        month,
        cost_type,
        sum(cost_usd) as cost_usd
    from borne_costs
    group by
        month,
        cost_type

),

all_costs as (

    select
        month,
        channel,
        campaign_id,
        cost_type,
        cost_usd as direct_spend_usd,
        0 as allocated_spend_usd,
        spend_days_without_rate
    from cost_months
    union all
    select
        month,
        channel,
        null as campaign_id,
        cost_type,
        0 as direct_spend_usd,
        cost_usd as allocated_spend_usd,
        0 as spend_days_without_rate
    from borne_costs
    union all
    select
        month,
        'unknown' as channel,
        null as campaign_id,
        cost_type,
        0 as direct_spend_usd,
        -cost_usd as allocated_spend_usd,
        0 as spend_days_without_rate
    from given_costs

),

spend_months as (

    select
        month,
        channel,
        campaign_id,
        cost_type,
        cast(sum(direct_spend_usd) as decimal(28, 6)) as direct_spend_usd,
        cast(sum(allocated_spend_usd) as decimal(28, 6)) as allocated_spend_usd,
        cast(sum(direct_spend_usd) + sum(allocated_spend_usd) as decimal(28, 6))
            as spend_usd,
        cast(sum(spend_days_without_rate) as bigint) as spend_days_without_rate
    from all_costs
    group by
        month,
        channel,
        campaign_id,
        cost_type

)

select * from spend_months
