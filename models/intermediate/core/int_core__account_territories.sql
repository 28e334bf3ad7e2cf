-- Grain: one row per golden account, with its territory, and country and industry by
-- picklist.
-- A rule for the state beats one for the country, which beats the rule for all ('*').

with

golden_accounts as (

    select
        account_id,
        domain,
        industry,
        country,
        state
    from {{ ref('int_core__golden_accounts') }}

),

enrichments as (

    select
        enriched_key,
        industry,
        country
    from {{ ref('int_core__latest_enrichments') }}

),

country_names as (

    select
        synonym,
        picklist_value
    from {{ ref('picklist_values') }}
    where field = 'country'

),

industry_names as (

    select
        synonym,
        picklist_value
    from {{ ref('picklist_values') }}
    where field = 'industry'

),

territories as (

    select
        territory_id,
        territory,
        country,
        state
    from {{ ref('territories') }}
    where {{ in_force() }}

),

located_accounts as (

    select
        golden_accounts.account_id,
        golden_accounts.state,
        coalesce(
            industry_names.picklist_value,
            golden_accounts.industry,
            enrichments.industry
        ) as industry,
        coalesce(
            country_names.picklist_value, golden_accounts.country, enrichments.country
        ) as country
    from golden_accounts
    left join enrichments
        on golden_accounts.domain = enrichments.enriched_key
    left join country_names
        on
            {{ picklist_key('coalesce(golden_accounts.country, enrichments.country)') }}
            = country_names.synonym
    left join industry_names
        on
            {{ picklist_key(
                'coalesce(golden_accounts.industry, enrichments.industry)'
            ) }}
            = industry_names.synonym

),

account_territories as (

    select
        located_accounts.account_id,
        located_accounts.industry,
        located_accounts.country,
        territories.territory
    from located_accounts
    left join territories
        on
            territories.country in (located_accounts.country, '*')
            and territories.state in (located_accounts.state, '*')
    qualify row_number() over (
        partition by located_accounts.account_id
        order by
            (territories.country = '*') asc nulls last,
            (territories.state = '*') asc nulls last,
            territories.territory_id asc
    ) = 1

)

select * from account_territories
