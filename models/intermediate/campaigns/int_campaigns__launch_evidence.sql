-- Grain: one row per campaign and launch check, whether asked of it or not.
-- How far a check is missed is a share, null where the data cannot tell.

with

launch_facts as (

    select * from {{ ref('int_campaigns__launch_facts') }}

),

evidence as (

    select
        campaign_id,
        'utm' as check_name,
        case when utm_campaign is not null or tagged_touches > 0 then 0.0 else 1.0 end
            as missed_share,
        concat(
            'utm_campaign ', coalesce(utm_campaign, 'not set'), '; ',
            tagged_touches, ' touches carry its link'
        ) as evidence
    from launch_facts
    union all
    select
        campaign_id,
        'budget' as check_name,
        case when budget is not null then 0.0 else 1.0 end as missed_share,
        coalesce(
            'planned: ' || cast(cast(budget as decimal(18, 2)) as string),
            'no planned cost'
        ) as evidence
    from launch_facts
    union all
    select
        campaign_id,
        'owner' as check_name,
        case when rep_id is not null then 0.0 else 1.0 end as missed_share,
        case
            when rep_id is not null then concat('owned by ', rep_id)
            when owner_id is not null then concat(owner_id, ' is no rep')
            else 'no owner'
        end as evidence
    from launch_facts
    union all
    select
        campaign_id,
        'audience' as check_name,
        case when members + mails > 0 then 0.0 else 1.0 end as missed_share,
        concat(members, ' touches of known people; ', mails, ' e-mails sent')
            as evidence
    from launch_facts
    union all
    select
        campaign_id,
        'name' as check_name,
        case when is_name_compliant then 0.0 else 1.0 end as missed_share,
        concat('named ', coalesce(campaign_name, 'nothing')) as evidence
    from launch_facts
    union all
    select
        campaign_id,
        'landing_page' as check_name,
        case
            when page_visits > 0 then 0.0
            when has_page_tracking then 1.0
        end as missed_share,
        concat(page_visits, ' visits since the launch') as evidence
    from launch_facts
    union all
    select
        campaign_id,
        'form' as check_name,
        unmapped_forms
        / cast(nullif(mapped_forms + unmapped_forms, 0) as double) as missed_share,
        concat(
            mapped_forms, ' forms carry the campaign; ', unmapped_forms,
            ' sent right after its visits do not'
        ) as evidence
    from launch_facts

)

select * from evidence
