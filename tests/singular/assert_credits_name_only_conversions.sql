-- No credit and no unattributed row names a conversion that does not exist.

with

conversions as (

    select
        'mql' as conversion_type,
        funnel_cycle_id as conversion_id
    from {{ ref('fct_lead_funnel') }}
    where mql_at is not null
    union all
    select
        'opportunity' as conversion_type,
        opportunity_id as conversion_id
    from {{ ref('fct_opportunities') }}
    union all
    select
        'won' as conversion_type,
        opportunity_id as conversion_id
    from {{ ref('fct_opportunities') }}
    where is_won

),

accounted as (

    select
        conversion_type,
        conversion_id
    from {{ ref('fct_attribution_credits') }}
    group by
        conversion_type,
        conversion_id
    union all
    select
        conversion_type,
        conversion_id
    from {{ ref('fct_unattributed_conversions') }}

)

select accounted.*
from accounted
left join conversions
    on
        accounted.conversion_type = conversions.conversion_type
        and accounted.conversion_id = conversions.conversion_id
where conversions.conversion_id is null
