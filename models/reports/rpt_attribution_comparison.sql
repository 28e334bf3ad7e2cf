-- Grain: one row per fiscal quarter, conversion type, channel and attribution model.
-- Models credit the same conversions, so credit adds up over channels and quarters, not
-- over models.

with

channel_credits as (

    select * from {{ ref('fct_channel_credit_quarters') }}

),

attribution_trust as (

    select
        min(trust_verdict) as trust_verdict,
        min(criteria_missed) as criteria_missed,
        min(criteria_unmeasured) as criteria_unmeasured
    from {{ ref('fct_attribution_trust') }}

),

default_ranks as (

    select
        quarter_start,
        conversion_type,
        channel,
        credit_rank
    from channel_credits
    where attribution_model = '{{ var("default_attribution_model") }}'

),

least_shares as (

    select
        quarter_start,
        conversion_type,
        channel,
        attribution_model,
        credit_share
    from channel_credits
    qualify row_number() over (
        partition by quarter_start, conversion_type, channel
        order by credit_share asc nulls last, attribution_model asc
    ) = 1

),

greatest_shares as (

    select
        quarter_start,
        conversion_type,
        channel,
        attribution_model,
        credit_share
    from channel_credits
    qualify row_number() over (
        partition by quarter_start, conversion_type, channel
        order by credit_share desc nulls last, attribution_model asc
    ) = 1

),

attribution_comparison as (

    select
        channel_credits.quarter_start,
        channel_credits.conversion_type,
        channel_credits.channel,
        channel_credits.attribution_model,
        channel_credits.quarter_start
        = {{ fiscal_quarter_start(reporting_date(as_of())) }} as is_current,
        channel_credits.attribution_model = '{{ var("default_attribution_model") }}'
            as is_default_model,
        attribution_trust.trust_verdict,
        attribution_trust.criteria_missed,
        attribution_trust.criteria_unmeasured,
        channel_credits.quarter_conversions,
        channel_credits.credited_conversions,
        channel_credits.credit_usd,
        channel_credits.credit_share,
        channel_credits.credit_rank,
        default_ranks.credit_rank - channel_credits.credit_rank as rank_change,
        round(greatest_shares.credit_share - least_shares.credit_share, 9)
            as share_spread,
        case
            when least_shares.credit_share is not null
                then least_shares.attribution_model
        end as min_share_model,
        case
            when greatest_shares.credit_share is not null
                then greatest_shares.attribution_model
        end as max_share_model
    from channel_credits
    cross join attribution_trust
    inner join least_shares
        on
            channel_credits.quarter_start = least_shares.quarter_start
            and channel_credits.conversion_type = least_shares.conversion_type
            and channel_credits.channel = least_shares.channel
    inner join greatest_shares
        on
            channel_credits.quarter_start = greatest_shares.quarter_start
            and channel_credits.conversion_type = greatest_shares.conversion_type
            and channel_credits.channel = greatest_shares.channel
    left join default_ranks
        on
            channel_credits.quarter_start = default_ranks.quarter_start
            and channel_credits.conversion_type = default_ranks.conversion_type
            and channel_credits.channel = default_ranks.channel

)

select * from attribution_comparison
