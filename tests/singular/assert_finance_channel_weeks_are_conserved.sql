-- Money or credit that the weeks of the channels hold more or less of than the marts
-- that they come from.

{{ config(group='finance') }}

with

channel_weeks as (

    select
        sum(variable_spend_usd + fixed_spend_usd) as spend_usd,
        sum(opportunities) as opportunities,
        sum(pipeline_usd) as pipeline_usd
    from {{ ref('int_finance__channel_weeks') }}

),

spend_days as (

    select sum(spend_usd) as spend_usd
    from {{ ref('fct_ad_spend_days') }}

),

credits as (

    select
        sum({{ exact_share('weight') }}) as opportunities,
        sum(credit_usd) as pipeline_usd
    from {{ ref('fct_attribution_credits') }}
    where
        attribution_model = '{{ var("default_attribution_model") }}'
        and conversion_type = 'opportunity'

)

select
    channel_weeks.*,
    spend_days.spend_usd as expected_spend_usd,
    credits.opportunities as expected_opportunities,
    credits.pipeline_usd as expected_pipeline_usd
from channel_weeks
cross join spend_days
cross join credits
where
    coalesce(channel_weeks.spend_usd, 0) != coalesce(spend_days.spend_usd, 0)
    or coalesce(channel_weeks.opportunities, 0) != coalesce(credits.opportunities, 0)
    or coalesce(channel_weeks.pipeline_usd, 0) != coalesce(credits.pipeline_usd, 0)
