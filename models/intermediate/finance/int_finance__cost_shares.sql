-- Grain: one row per month, cost type and channel that bears a share of the costs of
-- the type that name no channel. Weights up to a channel order the parts, so that they
-- can be cut without a rest.

with

cost_months as (

    select * from {{ ref('int_finance__cost_months') }}

),

cost_allocations as (

    select
        cost_type,
        channel,
        share,
        effective_from,
        coalesce(effective_to, cast('9999-12-31' as date)) as effective_to
    from {{ ref('cost_allocations') }}

),

shared_months as (

    select
        month,
        cost_type
    from cost_months
    where is_shared
    group by
        month,
        cost_type

),

charged_channels as (

    select
        month,
        channel,
        sum(cost_usd) as charged_usd
    from cost_months
    where channel != 'unknown'
    group by
        month,
        channel
    having sum(cost_usd) > 0

),

charged_shares as (

    select
        month,
        channel,
        {{ exact_share(
            'cast(charged_usd as double)'
            ~ ' / cast(sum(charged_usd) over (partition by month) as double)'
        ) }} as charged_share
    from charged_channels

),

-- A month in which no channel was charged anything leaves the cost where it is.
borne_shares as (

    select
        shared_months.month,
        shared_months.cost_type,
        case
            when cost_allocations.channel = '*'
                then coalesce(charged_shares.channel, 'unknown')
            else cost_allocations.channel
        end as channel,
        sum({{ exact_share(
            'cast(cost_allocations.share as double)'
            ~ ' * cast(coalesce(charged_shares.charged_share, 1) as double)'
        ) }}) as weight
    from shared_months
    inner join cost_allocations
        on
            shared_months.cost_type = cost_allocations.cost_type
            and shared_months.month >= cost_allocations.effective_from
            and shared_months.month < cost_allocations.effective_to
    left join charged_shares
        on
            cost_allocations.channel = '*'
            and shared_months.month = charged_shares.month
    group by
        shared_months.month,
        shared_months.cost_type,
        case
            when cost_allocations.channel = '*'
                then coalesce(charged_shares.channel, 'unknown')
            else cost_allocations.channel
        end

),

cost_shares as (

    select
        month,
        cost_type,
        channel,
        weight,
        sum(weight) over (
            partition by month, cost_type
            order by channel asc
        ) as weight_upto,
        sum(weight) over (partition by month, cost_type) as weight_whole
    from borne_shares

)

select * from cost_shares
