-- Grain: one row per golden person, with the traits that policy derives.

with

golden_people as (

    select * from {{ ref('int_core__golden_people') }}

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

person_traits as (

    select
        golden_people.person_id,
        title_seniorities.seniority,
        coalesce(
            country_names.picklist_value, golden_people.country, enrichments.country
        ) as country,
        coalesce(segments.segment, 'unknown') as segment,
        coalesce(
            lead_sources.lead_source,
            {{ snake_case('golden_people.declared_lead_source') }}
        ) as lead_source,
        coalesce(golden_people.industry, enrichments.industry) as industry,
        coalesce(golden_people.employee_count, enrichments.employee_count)
            as employee_count,
        enrichments.annual_revenue,
        address_bounces.email_bounced_at
    from golden_people
    left join title_seniorities
        on golden_people.title = title_seniorities.title
    left join address_bounces
        on golden_people.email = address_bounces.email
    left join enrichments
        on golden_people.email = enrichments.enriched_key
    left join country_names
        on
            {{ picklist_key('coalesce(golden_people.country, enrichments.country)') }}
            = country_names.synonym
    left join lead_sources
        on lower(golden_people.declared_lead_source) = lead_sources.source_value
    left join segments
        on
            coalesce(golden_people.employee_count, enrichments.employee_count)
            >= segments.min_employees
            and coalesce(golden_people.employee_count, enrichments.employee_count)
            <= coalesce(segments.max_employees, 2147483647)

)

select * from person_traits
