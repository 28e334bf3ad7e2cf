-- Grain: one row per opportunity that another system holds as its own, with that one.
-- Where a sync ties two records of a deal, the system of record counts alone.

{{ config(materialized='view') }}

with

opportunity_links as (

    select * from {{ ref('stg_hubspot__opportunity_links') }}

),

trusted_opportunities as (

    select
        opportunity_id,
        source
    from {{ ref('stg_salesforce__opportunities') }}
    where not is_deleted

),

source_roles as (

    select
        source,
        priority
    from {{ ref('source_roles') }}
    where entity = 'opportunities'

),

linked_opportunities as (

    select
        opportunity_links.opportunity_id,
        trusted_opportunities.opportunity_id as counted_opportunity_id
    from opportunity_links
    inner join trusted_opportunities
        on
            opportunity_links.linked_opportunity_id
            = trusted_opportunities.opportunity_id
    inner join source_roles as link_roles
        on opportunity_links.source = link_roles.source
    inner join source_roles as trusted_roles
        on
            trusted_opportunities.source = trusted_roles.source
            and link_roles.priority > trusted_roles.priority

)

select * from linked_opportunities
