-- Kinds of opportunities that the seed opportunity_types does not know: each wants a
-- row, or the decision to leave them without a kind.

{{ config(severity='warn') }}

with

opportunities as (

    select
        source,
        opportunity_type
    from {{ ref('stg_generic__opportunities') }}
    where not is_deleted
    union all
    select
        source,
        opportunity_type
    from {{ ref('stg_salesforce__opportunities') }}
    where not is_deleted

),

opportunity_types as (

    select source_value from {{ ref('opportunity_types') }}

)

select
    opportunities.source,
    opportunities.opportunity_type,
    count(*) as opportunities
from opportunities
left join opportunity_types
    on opportunities.opportunity_type = opportunity_types.source_value
where
    opportunities.opportunity_type is not null
    and opportunity_types.source_value is null
group by
    opportunities.source,
    opportunities.opportunity_type
