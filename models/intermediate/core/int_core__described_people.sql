-- Grain: one row per golden person, with their account and the traits that policy
-- derives.

{{ config(materialized='view') }}

with

placed_people as (

    select * from {{ ref('int_core__placed_people') }}

),

title_seniorities as (

    select * from {{ ref('int_core__title_seniorities') }}

),

address_bounces as (

    select * from {{ ref('int_core__address_bounces') }}

),

enrichments as (

    select * from {{ ref('int_core__latest_enrichments') }}

),

country_names as (

    select
        synonym,
        picklist_value
    from {{ ref('picklist_values') }}
    where field = 'country'

),

lead_sources as (

    select
        source_value,
        lead_source
    from {{ ref('lead_sources') }}

),

segments as (

    select
        segment,
        min_employees,
        max_employees
    from {{ ref('segments') }}

),

enriched_people as (

    select
        placed_people.*,
        coalesce(placed_people.country, enrichments.country) as known_country,
        coalesce(placed_people.industry, enrichments.industry) as known_industry,
        coalesce(placed_people.employee_count, enrichments.employee_count)
            as known_employee_count,
        enrichments.annual_revenue
    from placed_people
    left join enrichments
        on placed_people.email = enrichments.enriched_key

),

described_people as (

    select
        enriched_people.person_id,
        enriched_people.account_id,
        enriched_people.account_match_step,
        enriched_people.owner_id,
        enriched_people.email,
        enriched_people.email_domain,
        enriched_people.first_name,
        enriched_people.last_name,
        enriched_people.title,
        enriched_people.company_name,
        enriched_people.phone,
        enriched_people.has_opted_out,
        enriched_people.record_count,
        enriched_people.created_at,
        title_seniorities.seniority,
        coalesce(country_names.picklist_value, enriched_people.known_country)
            as country,
        coalesce(segments.segment, 'unknown') as segment,
        coalesce(
            lead_sources.lead_source,
            {{ snake_case('enriched_people.declared_lead_source') }}
        ) as lead_source,
        enriched_people.known_industry as industry,
        enriched_people.known_employee_count as employee_count,
        enriched_people.annual_revenue,
        address_bounces.email_bounced_at
    from enriched_people
    left join title_seniorities
        on enriched_people.title = title_seniorities.title
    left join address_bounces
        on enriched_people.email = address_bounces.email
    left join country_names
        on
            {{ picklist_key('enriched_people.known_country') }} = country_names.synonym
    left join lead_sources
        on lower(enriched_people.declared_lead_source) = lead_sources.source_value
    left join segments
        on
            enriched_people.known_employee_count >= segments.min_employees
            and enriched_people.known_employee_count
            <= coalesce(segments.max_employees, 2147483647)

)

select * from described_people
