-- Grain: one row per touch and UTM rule that its link breaks, whenever the rule holds.
-- Each kind of rule reads the links for itself: to keep tens of millions of parameters
-- for all three would take longer.

with

written_parameters as (

    select * from {{ ref('int_campaigns__utm_parameters') }}
    where utm_value is not null

),

empty_parameters as (

    select * from {{ ref('int_campaigns__utm_parameters') }}
    where utm_value is null

),

sourced_parameters as (

    select * from {{ ref('int_campaigns__utm_parameters') }}
    where utm_source is not null and utm_value is not null

),

utm_breaches as (

    select * from {{ ref('int_campaigns__utm_breaches') }}

),

utm_mediums as (

    select * from {{ ref('int_campaigns__utm_mediums') }}

),

utm_rules as (

    select
        utm_rule_id,
        rule,
        parameter
    from {{ ref('utm_rules') }}
    where rule in ('required', 'medium_of_source')

),

campaigns as (

    select
        campaign_id,
        coalesce(utm_campaign, campaign_name) as utm_campaign
    from {{ ref('int_campaigns__campaign_records') }}

),

broken_values as (

    select
        written_parameters.*,
        utm_breaches.utm_rule_id,
        utm_breaches.suggested_value
    from written_parameters
    inner join utm_breaches
        on
            written_parameters.parameter = utm_breaches.parameter
            and written_parameters.utm_value = utm_breaches.utm_value

),

missing_values as (

    select
        empty_parameters.*,
        utm_rules.utm_rule_id,
        case empty_parameters.parameter
            when 'utm_medium' then utm_mediums.suggested_medium
            when 'utm_campaign' then campaigns.utm_campaign
        end as suggested_value
    from empty_parameters
    inner join utm_rules
        on
            empty_parameters.parameter = utm_rules.parameter
            and utm_rules.rule = 'required'
    left join utm_mediums
        on
            empty_parameters.utm_source = utm_mediums.utm_source
            and utm_mediums.utm_medium is null
    left join campaigns
        on empty_parameters.campaign_id = campaigns.campaign_id

),

contradictions as (

    select
        sourced_parameters.*,
        utm_rules.utm_rule_id,
        utm_mediums.suggested_medium as suggested_value
    from sourced_parameters
    inner join utm_mediums
        on
            sourced_parameters.utm_source = utm_mediums.utm_source
            and sourced_parameters.utm_value = utm_mediums.utm_medium
            and utm_mediums.is_contradiction
    inner join utm_rules
        on
            sourced_parameters.parameter = utm_rules.parameter
            and utm_rules.rule = 'medium_of_source'

),

utm_broken_rules as (

    select * from broken_values
    union all
    select * from missing_values
    union all
    select * from contradictions

)

select * from utm_broken_rules
