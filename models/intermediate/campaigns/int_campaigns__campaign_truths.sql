-- Grain: one row per platform, account, campaign, currency, day and spend level.
-- The highest report that has a campaign's day is its total: the campaign's own, else
-- its ad groups', else its ads'. What the total holds beyond the ads is a row of its
-- own, and negative where the ads claim more. Ads of an unknown campaign count only on
-- days without a higher report, since that would hold them already.

with

ranked_levels as (

    select * from {{ ref('int_campaigns__ranked_levels') }}

),

ad_parts as (

    select
        *,
        'ads' as spend_level,
        1 as sign
    from ranked_levels
    where level = 'ad'

),

total_parts as (

    select
        *,
        'unattributed_to_ads' as spend_level,
        1 as sign
    from ranked_levels
    where level_rank = total_rank and level != 'ad'

),

counter_parts as (

    select
        *,
        'unattributed_to_ads' as spend_level,
        -1 as sign
    from ranked_levels
    where level = 'ad' and total_rank < level_rank

),

parts as (

    select * from ad_parts
    union all
    select * from total_parts
    union all
    select * from counter_parts

),

summed_parts as (

    select
        platform,
        ad_account_id,
        campaign_id,
        max(campaign_name) as campaign_name,
        currency,
        spend_level,
        cast(sum(sign * spend) as decimal(28, 6)) as spend,
        cast(sum(sign * impressions) as bigint) as impressions,
        cast(sum(sign * clicks) as bigint) as clicks,
        stat_date
    from parts
    group by
        platform,
        ad_account_id,
        campaign_id,
        currency,
        spend_level,
        stat_date

),

campaign_truths as (

    select
        platform,
        ad_account_id,
        campaign_id,
        case
            when campaign_id is null then '(campaign not known)'
            else campaign_name
        end as campaign_name,
        currency,
        spend_level,
        spend,
        impressions,
        clicks,
        stat_date
    from summed_parts
    -- Nothing left over is no row, unless it is all that tells of a day without a cost.
    qualify
        spend_level = 'ads'
        or spend != 0
        or impressions != 0
        or clicks != 0
        or count(*) over (
            partition by platform, ad_account_id, campaign_id, currency, stat_date
        ) = 1

)

select * from campaign_truths
