-- Grain: one row per record of a golden account and field that the record fills, with
-- the record's place among those of the account by each rule of survivorship.

{{ config(materialized='view') }}

with

account_records as (

    select
        *,
        coalesce(updated_at, created_at) as changed_at
    from {{ ref('int_core__account_records') }}

),

live_clusters as (

    select
        account_record_id,
        account_id,
        record_count,
        trust_rank
    from {{ ref('int_core__account_clusters') }}
    where is_live_account

),

placed_records as (

    select
        live_clusters.account_id as golden_id,
        account_records.account_record_id as record_key,
        account_records.source,
        live_clusters.record_count,
        live_clusters.trust_rank,
        case when account_records.is_deleted then 4 else 0 end
        + case when account_records.merged_into_record_id is null then 0 else 2 end
            as standing_place,
        cast(null as integer) as contact_place,
        cast(null as integer) as bounce_place,
        rank() over (
            partition by live_clusters.account_id
            order by account_records.changed_at desc nulls last
        ) as recency_place,
        rank() over (
            partition by live_clusters.account_id
            order by account_records.created_at asc nulls last
        ) as age_place,
        cast(account_records.account_name is not null as integer)
        + cast(account_records.domain is not null as integer)
        + cast(account_records.industry is not null as integer)
        + cast(account_records.employee_count is not null as integer)
        + cast(account_records.annual_revenue is not null as integer)
        + cast(account_records.country is not null as integer)
        + cast(account_records.state is not null as integer)
        + cast(account_records.owner_id is not null as integer)
            as filled_count,
        account_records.account_name,
        account_records.domain,
        account_records.industry,
        cast(account_records.employee_count as string) as employee_count,
        cast(account_records.annual_revenue as string) as annual_revenue,
        account_records.country,
        account_records.state,
        account_records.owner_id
    from live_clusters
    inner join account_records
        on live_clusters.account_record_id = account_records.account_record_id

),

account_values as (

    select
        golden_id,
        field,
        field_value,
        record_key,
        source,
        record_count,
        trust_rank,
        standing_place,
        contact_place,
        bounce_place,
        recency_place,
        age_place,
        filled_count
    from placed_records unpivot (
        field_value for field in (
            account_name,
            domain,
            industry,
            employee_count,
            annual_revenue,
            country,
            state,
            owner_id
        )
    )

)

select * from account_values
