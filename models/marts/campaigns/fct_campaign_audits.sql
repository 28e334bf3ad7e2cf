-- Grain: one row per campaign, or none, and kind of finding about its data.

with

touch_findings as (

    select * from {{ ref('int_campaigns__touch_findings') }}

),

spend_findings as (

    select * from {{ ref('int_campaigns__spend_findings') }}

),

mail_findings as (

    select
        campaign_id,
        'mail_to_objector' as finding_kind,
        count(*) as findings,
        min(sent_at) as first_found_at,
        max(sent_at) as last_found_at
    from {{ ref('fct_consent_violations') }}
    group by campaign_id

),

campaigns as (

    select
        campaign_id,
        campaign_name,
        channel,
        coalesce(end_date < {{ reporting_date(as_of()) }}, false) as is_over
    from {{ ref('dim_campaigns') }}

),

campaign_costs as (

    select
        campaign_id,
        sum(spend_usd) as spend_usd
    from {{ ref('fct_ad_spend_days') }}
    where campaign_id is not null
    group by campaign_id

),

kinds as (

    select * from {{ ref('campaign_audit_kinds') }}

),

findings as (

    select
        campaign_id,
        finding_kind,
        findings,
        0 as unpriced_findings,
        cast(null as decimal(28, 6)) as amount_usd,
        first_found_at,
        last_found_at
    from touch_findings
    union all
    select
        campaign_id,
        finding_kind,
        findings,
        unpriced_findings,
        amount_usd,
        first_found_at,
        last_found_at
    from spend_findings
    union all
    select
        campaign_id,
        finding_kind,
        findings,
        0 as unpriced_findings,
        cast(null as decimal(28, 6)) as amount_usd,
        first_found_at,
        last_found_at
    from mail_findings

),

campaign_audits as (

    select
        concat_ws('#', coalesce(findings.campaign_id, 'none'), findings.finding_kind)
            as campaign_audit_id,
        findings.campaign_id,
        findings.finding_kind,
        campaigns.campaign_name,
        campaigns.channel,
        kinds.severity,
        kinds.owner,
        kinds.description,
        kinds.fix,
        coalesce(campaigns.is_over, false) as is_over,
        cast(findings.findings as bigint) as findings,
        cast(findings.unpriced_findings as bigint) as unpriced_findings,
        cast(findings.amount_usd as decimal(28, 6)) as amount_usd,
        cast(campaign_costs.spend_usd as decimal(28, 6)) as campaign_spend_usd,
        findings.first_found_at,
        findings.last_found_at
    from findings
    inner join kinds on findings.finding_kind = kinds.finding_kind
    left join campaigns on findings.campaign_id = campaigns.campaign_id
    left join campaign_costs on findings.campaign_id = campaign_costs.campaign_id

)

select * from campaign_audits
