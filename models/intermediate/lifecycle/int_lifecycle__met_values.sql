-- Grain: one row per kind of touch or landing page and engagement rule that it meets,
-- in force or not. Rules are held against each kind and each page once.

{{ config(materialized='view') }}

with

engagement_rules as (

    select
        rule_id,
        column_name,
        operator,
        lower(value) as given_text,
        try_cast(value as double) as given_number,
        effective_from,
        coalesce(effective_to, cast('9999-12-31' as date)) as effective_to
    from {{ ref('scoring_rules') }}
    where dimension = 'engagement'

),

campaigns as (

    select
        campaign_id,
        lower(campaign_type) as campaign_type
    from {{ ref('dim_campaigns') }}
    where campaign_type is not null

),

touch_kinds as (

    select
        touch_type,
        channel,
        campaign_id
    from {{ ref('int_lifecycle__counted_touches') }}
    group by
        touch_type,
        channel,
        campaign_id

),

pages as (

    select landing_page from {{ ref('int_lifecycle__landing_pages') }}
    group by landing_page

),

given_values as (

    select
        *,
        cast(null as string) as landing_page,
        'touch_type' as column_name,
        touch_type as text_value
    from touch_kinds
    where touch_type != ''
    union all
    select
        *,
        cast(null as string) as landing_page,
        'channel' as column_name,
        channel as text_value
    from touch_kinds
    union all
    select
        touch_kinds.*,
        cast(null as string) as landing_page,
        'campaign_type' as column_name,
        campaigns.campaign_type as text_value
    from touch_kinds
    inner join campaigns
        on touch_kinds.campaign_id = campaigns.campaign_id
    union all
    select
        cast(null as string) as touch_type,
        cast(null as string) as channel,
        cast(null as string) as campaign_id,
        landing_page,
        'landing_page' as column_name,
        landing_page as text_value
    from pages

),

values_to_judge as (

    select
        given_values.*,
        cast(null as double) as number_value,
        engagement_rules.rule_id,
        engagement_rules.operator,
        engagement_rules.given_text,
        engagement_rules.given_number,
        engagement_rules.effective_from,
        engagement_rules.effective_to
    from given_values
    inner join engagement_rules
        on given_values.column_name = engagement_rules.column_name

),

met_values as (

    select
        touch_type,
        channel,
        campaign_id,
        landing_page,
        rule_id,
        effective_from,
        effective_to
    from values_to_judge
    where {{ is_met() }}

)

select * from met_values
