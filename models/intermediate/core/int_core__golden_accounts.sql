-- Grain: one row per golden account with at least one record that is not deleted.
-- Each field comes from the most trusted record that has it.

with

account_records as (

    select * from {{ ref('int_core__account_records') }}

),

live_clusters as (

    select
        account_record_id,
        account_id,
        trust_rank,
        record_count
    from {{ ref('int_core__account_clusters') }}
    where is_live_account

),

ranked_records as (

    select
        live_clusters.account_id,
        live_clusters.trust_rank,
        live_clusters.record_count,
        account_records.*
    from live_clusters
    inner join account_records
        on live_clusters.account_record_id = account_records.account_record_id

),

golden_accounts as (

    select
        account_id,
        min_by(account_name, trust_rank)
        filter (where account_name is not null) as account_name,
        min_by(domain, trust_rank) filter (where domain is not null) as domain,
        min_by(industry, trust_rank) filter (where industry is not null) as industry,
        min_by(employee_count, trust_rank)
        filter (where employee_count is not null) as employee_count,
        min_by(annual_revenue, trust_rank)
        filter (where annual_revenue is not null) as annual_revenue,
        min_by(coalesce(currency, '{{ var("reporting_currency") }}'), trust_rank)
        filter (where annual_revenue is not null) as revenue_currency,
        min_by(country, trust_rank) filter (where country is not null) as country,
        min_by(state, trust_rank) filter (where state is not null) as state,
        min_by(owner_id, trust_rank) filter (where owner_id is not null) as owner_id,
        max(record_count) as record_count,
        min(created_at) as created_at
    from ranked_records
    group by account_id

)

select * from golden_accounts
