-- Grain: one row per fiscal quarter, conversion type, channel and attribution model.
-- Models credit the same conversions, so credit adds up over channels and quarters, not
-- over models.

with

channel_credits as (

    select * from {{ ref('fct_channel_credit_quarters') }}

),

attribution_trust as (

    select min(trust_verdict) as trust_verdict
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

channel_spreads as (

    select
        quarter_start,
        conversion_type,
        channel,
        round(max(credit_share) - min(credit_share), 9) as share_spread
    from channel_credits
    where credit_share is not null
    group by
        quarter_start,
        conversion_type,
        channel

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
        channel_credits.credited_conversions,
        channel_credits.credit_usd,
        channel_credits.credit_share,
        channel_credits.credit_rank,
        default_ranks.credit_rank - channel_credits.credit_rank as rank_change,
        channel_spreads.share_spread
    from channel_credits
    cross join attribution_trust
    left join channel_spreads
        on
            channel_credits.quarter_start = channel_spreads.quarter_start
            and channel_credits.conversion_type = channel_spreads.conversion_type
            and channel_credits.channel = channel_spreads.channel
    left join default_ranks
        on
            channel_credits.quarter_start = default_ranks.quarter_start
            and channel_credits.conversion_type = default_ranks.conversion_type
            and channel_credits.channel = default_ranks.channel

)

select * from attribution_comparison
