-- Grain: one row per campaign, or none, and kind of finding about its touches.

with

touch_links as (

    select * from {{ ref('int_campaigns__touch_links') }}

),

campaigns as (

    select
        campaign_id,
        end_date
    from {{ ref('dim_campaigns') }}

),

kinds as (

    select
        finding_kind,
        grace_days
    from {{ ref('campaign_audit_kinds') }}

),

unmapped_responses as (

    select
        told_campaign_id as campaign_id,
        case told_by
            when 'unlisted_id' then 'response_of_unlisted_campaign'
            when 'link' then 'response_told_by_link'
            when 'unknown_link' then 'response_of_unknown_link'
            else 'response_without_campaign'
        end as finding_kind,
        touched_at
    from touch_links
    where is_response and told_by != 'id'

),

late_responses as (

    select
        touch_links.told_campaign_id as campaign_id,
        kinds.finding_kind,
        touch_links.touched_at
    from touch_links
    inner join campaigns on touch_links.told_campaign_id = campaigns.campaign_id
    inner join kinds on kinds.finding_kind = 'response_after_end'
    where
        touch_links.is_response
        and {{ reporting_date('touch_links.touched_at') }}
        > campaigns.end_date + kinds.grace_days * interval '1' day

),

strangers as (

    select
        campaign_id,
        'member_without_person' as finding_kind,
        touched_at
    from touch_links
    where campaign_id is not null and subject_key is null

),

stray_variants as (

    select
        campaign_id,
        'variant_without_test' as finding_kind,
        touched_at
    from touch_links
    where
        variant is not null
        and (campaign_id is null or subject_key is null)

),

findings as (

    select * from unmapped_responses
    union all
    select * from late_responses
    union all
    select * from strangers
    union all
    select * from stray_variants

),

touch_findings as (

    select
        campaign_id,
        finding_kind,
        count(*) as findings,
        min(touched_at) as first_found_at,
        max(touched_at) as last_found_at
    from findings
    group by campaign_id, finding_kind

)

select * from touch_findings
