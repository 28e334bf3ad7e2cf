-- Every staged person, account and opportunity is in a mart or listed as excluded.

with

staged as (

    select
        'people' as entity,
        count(*) as row_count
    from {{ ref('stg_generic__people') }}
    union all
    select
        'people' as entity,
        count(*) as row_count
    from {{ ref('stg_salesforce__people') }}
    union all
    select
        'people' as entity,
        count(*) as row_count
    from {{ ref('stg_hubspot__people') }}
    union all
    select
        'people' as entity,
        count(*) as row_count
    from {{ ref('stg_marketo__people') }}
    union all
    select
        'accounts' as entity,
        count(*) as row_count
    from {{ ref('stg_generic__accounts') }}
    union all
    select
        'accounts' as entity,
        count(*) as row_count
    from {{ ref('stg_salesforce__accounts') }}
    union all
    select
        'accounts' as entity,
        count(*) as row_count
    from {{ ref('stg_hubspot__accounts') }}
    union all
    select
        'opportunities' as entity,
        count(*) as row_count
    from {{ ref('stg_generic__opportunities') }}
    union all
    select
        'opportunities' as entity,
        count(*) as row_count
    from {{ ref('stg_salesforce__opportunities') }}
    union all
    select
        'opportunities' as entity,
        count(*) as row_count
    from {{ ref('stg_hubspot__opportunities') }}

),

accounted as (

    select
        'people' as entity,
        count(*) as row_count
    from {{ ref('bridge_person_records') }}
    union all
    select
        'accounts' as entity,
        count(*) as row_count
    from {{ ref('bridge_account_records') }}
    union all
    select
        'opportunities' as entity,
        count(*) as row_count
    from {{ ref('fct_opportunity_outcomes') }}
    union all
    select
        entity,
        count(*) as row_count
    from {{ ref('fct_excluded_records') }}
    where entity in ('people', 'accounts', 'opportunities')
    group by entity

),

staged_totals as (

    select
        entity,
        sum(row_count) as row_count
    from staged
    group by entity

),

accounted_totals as (

    select
        entity,
        sum(row_count) as row_count
    from accounted
    group by entity

)

select
    staged_totals.entity,
    staged_totals.row_count,
    accounted_totals.row_count as accounted_count
from staged_totals
inner join accounted_totals on staged_totals.entity = accounted_totals.entity
where staged_totals.row_count != accounted_totals.row_count
