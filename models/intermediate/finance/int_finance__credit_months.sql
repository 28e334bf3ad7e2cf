-- Grain: one row per month, channel, campaign and segment of what conversions are
-- credited with by the default model, in the month in which they converted.
-- An opportunity that was won on a day that nobody knows is in no month.

with

credits as (

    select
        *,
        case when conversion_type = 'won' then conversion_id end as won_opportunity_id,
        cast(date_trunc('month', {{ reporting_date('converted_at') }}) as date)
            as month
    from {{ ref('int_finance__credits') }}

),

won_deals as (

    select * from {{ ref('fct_won_deals') }}

),

valued_credits as (

    select
        credits.month,
        credits.channel,
        credits.campaign_id,
        credits.segment,
        credits.conversion_type,
        credits.share,
        credits.credit_usd,
        case when won_deals.is_new_customer then credits.share else 0 end
            as new_customers,
        case
            when won_deals.monthly_margin_usd is not null then credits.share
            else 0
        end as margin_customers,
        cast(credits.credit_usd * won_deals.margin_rate as decimal(28, 10))
            as contribution_margin_usd,
        cast(
            cast(won_deals.monthly_margin_usd as double)
            * cast(credits.share as double) as decimal(28, 10)
        ) as monthly_margin_usd
    from credits
    left join won_deals
        on credits.won_opportunity_id = won_deals.opportunity_id

),

credit_months as (

    select
        month,
        channel,
        campaign_id,
        segment,
        coalesce(sum(share) filter (where conversion_type = 'mql'), 0) as mqls,
        coalesce(sum(share) filter (where conversion_type = 'opportunity'), 0)
            as opportunities,
        coalesce(sum(share) filter (where conversion_type = 'won'), 0) as won_deals,
        sum(new_customers) as new_customers,
        sum(margin_customers) as margin_customers,
        coalesce(sum(credit_usd) filter (where conversion_type = 'opportunity'), 0)
            as pipeline_usd,
        coalesce(sum(credit_usd) filter (where conversion_type = 'won'), 0)
            as revenue_usd,
        coalesce(sum(contribution_margin_usd), 0) as contribution_margin_usd,
        coalesce(sum(monthly_margin_usd), 0) as monthly_margin_usd
    from valued_credits
    group by
        month,
        channel,
        campaign_id,
        segment

)

select * from credit_months
