-- Every response and every cost without a listed campaign is in one row of the audit:
-- both are counted once more from the marts.

{{ config(group='campaigns') }}

with

kinds as (

    select finding_kind
    from {{ ref('campaign_audit_kinds') }}
    where
        finding_kind in (
            'response_told_by_link', 'response_of_unknown_link',
            'response_without_campaign', 'response_of_unlisted_campaign',
            'spend_without_campaign', 'spend_of_unlisted_campaign'
        )

),

unlisted_responses as (

    select
        'response' as side,
        count(*) as counted,
        cast(0 as decimal(38, 6)) as amount_usd
    from {{ ref('fct_touchpoints') }} as touchpoints
    inner join {{ ref('touch_types') }} as touch_types
        on touchpoints.touch_type = touch_types.touch_type
    where
        touchpoints.is_marketing
        and touch_types.is_response
        and not exists (
            select 1 from {{ ref('dim_campaigns') }} as campaigns
            where campaigns.campaign_id = touchpoints.campaign_id
        )

),

unlisted_costs as (

    select
        'cost' as side,
        count(*) as counted,
        coalesce(sum(spend_days.spend_usd), 0) as amount_usd
    from {{ ref('fct_ad_spend_days') }} as spend_days
    where
        spend_days.spend_amount != 0
        and not exists (
            select 1 from {{ ref('dim_campaigns') }} as campaigns
            where campaigns.campaign_id = spend_days.campaign_id
        )

),

audited as (

    select
        case
            when finding_kind like 'spend%' then 'cost' else 'response'
        end as side,
        sum(findings) as counted,
        coalesce(sum(amount_usd), 0) as amount_usd
    from {{ ref('fct_campaign_audits') }}
    where finding_kind in (select kinds.finding_kind from kinds)
    group by side

),

expected as (

    select * from unlisted_responses
    union all
    select * from unlisted_costs

)

select
    expected.*,
    audited.counted as audited_count,
    audited.amount_usd as audited_amount_usd
from expected
left join audited on expected.side = audited.side
where
    -- A kind that the seed leaves out is not looked for.
    (select count(*) from kinds) = 6
    and (
        expected.counted != coalesce(audited.counted, 0)
        or expected.amount_usd != coalesce(audited.amount_usd, 0)
    )
