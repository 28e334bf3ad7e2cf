-- Grain: one row per media cost of a day from a generic or an exported file and name
-- by which other reports may tell of the same money: its campaign's id or name in any
-- case.
-- A generic file may give the bare id of the platform. What a generic file holds, and
-- an account's exported total, is told by such a total too (account); the part of an
-- export whose campaign is not known by a report of a better level (*).

with

spend_days as (

    select
        cost_day_id,
        platform,
        ad_account_id,
        unsettled_account,
        replace(campaign_id, 'generic:', platform || ':') as campaign_id,
        lower(campaign_name) as campaign_name,
        coalesce(split_part(campaign_id, ':', 1) = platform, false) as has_own_id,
        spend_level = 'entered' as is_entered,
        spend_level = 'entered'
        and campaign_id is null
        and campaign_name is null as is_lump,
        is_account_total,
        is_range,
        report_order,
        split_part(report_order, '#', 1) as report_rank,
        spend_date,
        cast(date_trunc('month', spend_date) as date) as month
    from {{ ref('int_campaigns__spend_days') }}
    where
        spend_level in ('entered', 'exported')
        and cost_type = 'media'
        and not is_after_as_of

),

file_costs as (

    select
        *,
        'id:' || campaign_id as campaign_key,
        false as is_by_name
    from spend_days
    where campaign_id is not null
    union all
    select
        *,
        'name:' || campaign_name as campaign_key,
        true as is_by_name
    from spend_days
    where campaign_name is not null
    union all
    select
        *,
        'account' as campaign_key,
        false as is_by_name
    from spend_days
    where is_entered or is_account_total
    union all
    select
        *,
        '*' as campaign_key,
        false as is_by_name
    from spend_days
    where
        campaign_id is null
        and campaign_name is null
        and not is_entered
        and not is_account_total

)

select * from file_costs
