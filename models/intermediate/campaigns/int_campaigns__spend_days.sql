-- Grain: one row per day, source, platform, account, channel, campaign, campaign name,
-- cost type, spend level, report order and currency, of days or of ranges, in the money
-- that was spent.
-- A range is spread evenly over its days; the parts add up to its total exactly.

with

spend_ranges as (

    select * from {{ ref('int_campaigns__spend_ranges') }}

),

day_counts as (

    select day_count
    from spend_ranges
    group by day_count

),

range_days as (

    select
        day_counts.day_count,
        numbers.number as day_offset,
        numbers.number + 1 as day_number
    from day_counts
    inner join range({{ most_days() }}) as numbers (number)
        on day_counts.day_count > numbers.number

),

daily_parts as (

    select
        spend_ranges.source,
        spend_ranges.platform,
        spend_ranges.ad_account_id,
        spend_ranges.unsettled_account,
        spend_ranges.channel,
        spend_ranges.campaign_id,
        spend_ranges.campaign_name,
        spend_ranges.cost_type,
        spend_ranges.spend_level,
        spend_ranges.report_order,
        spend_ranges.is_account_total,
        spend_ranges.currency,
        spend_ranges.day_count > 1 as is_range,
        spend_ranges.has_valid_range,
        {{ even_share(
            'spend_ranges.amount',
            'range_days.day_number',
            'range_days.day_count',
            'decimal(28, 6)',
            6
        ) }} as amount,
        {{ even_share(
            'spend_ranges.impressions',
            'range_days.day_number',
            'range_days.day_count',
            'bigint',
            0
        ) }} as impressions,
        {{ even_share(
            'spend_ranges.clicks',
            'range_days.day_number',
            'range_days.day_count',
            'bigint',
            0
        ) }} as clicks,
        cast(
            {{ dbt.dateadd('day', 'range_days.day_offset', 'spend_ranges.starts_on') }}
            as date
        ) as spend_date
    from spend_ranges
    inner join range_days
        on spend_ranges.day_count = range_days.day_count

),

spend_days as (

    select
        {{ dbt.hash(
            "concat_ws('|', cast(spend_date as string), source, platform, "
            ~ "channel, cost_type, spend_level, report_order, currency, "
            ~ "case when is_range then 'range' else 'day' end, "
            ~ "coalesce(ad_account_id, ''), coalesce(unsettled_account, ''), "
            ~ "coalesce(campaign_id, ''), coalesce(campaign_name, ''))"
        ) }} as cost_day_id,
        source,
        platform,
        ad_account_id,
        unsettled_account,
        channel,
        campaign_id,
        campaign_name,
        cost_type,
        spend_level,
        report_order,
        is_account_total,
        currency,
        is_range,
        bool_and(has_valid_range) as has_valid_range,
        spend_date > {{ reporting_date(as_of()) }} as is_after_as_of,
        cast(sum(amount) as decimal(28, 6)) as amount,
        cast(sum(impressions) as bigint) as impressions,
        cast(sum(clicks) as bigint) as clicks,
        spend_date
    from daily_parts
    group by
        source,
        platform,
        ad_account_id,
        unsettled_account,
        channel,
        campaign_id,
        campaign_name,
        cost_type,
        spend_level,
        report_order,
        is_account_total,
        currency,
        is_range,
        spend_date

)

select * from spend_days
