-- Grain: one row per golden account with at least one record that is not deleted.
-- Each field holds the value that its rules of survivorship chose, as its picklist
-- spells it.

with

account_records as (

    select
        account_record_id,
        coalesce(currency, '{{ var("reporting_currency") }}') as currency,
        created_at
    from {{ ref('int_core__account_records') }}

),

live_clusters as (

    select
        account_record_id,
        account_id,
        record_count
    from {{ ref('int_core__account_clusters') }}
    where is_live_account

),

golden_values as (

    select
        golden_id,
        field,
        field_value,
        record_key
    from {{ ref('int_core__listed_account_values') }}

),

accounts as (

    select
        live_clusters.account_id,
        max(live_clusters.record_count) as record_count,
        min(account_records.created_at) as created_at
    from live_clusters
    inner join account_records
        on live_clusters.account_record_id = account_records.account_record_id
    group by live_clusters.account_id

),

chosen_values as (

    select
        golden_id as account_id,
        max(field_value) filter (where field = 'account_name') as account_name,
        max(field_value) filter (where field = 'domain') as domain,
        max(field_value) filter (where field = 'industry') as industry,
        max(field_value) filter (where field = 'employee_count') as employee_count,
        max(field_value) filter (where field = 'annual_revenue') as annual_revenue,
        max(record_key) filter (where field = 'annual_revenue') as revenue_record_id,
        max(field_value) filter (where field = 'country') as country,
        max(field_value) filter (where field = 'state') as state,
        max(field_value) filter (where field = 'owner_id') as owner_id
    from golden_values
    group by golden_id

),

golden_accounts as (

    select
        accounts.account_id,
        chosen_values.account_name,
        chosen_values.domain,
        chosen_values.industry,
        cast(chosen_values.employee_count as integer) as employee_count,
        cast(chosen_values.annual_revenue as decimal(28, 6)) as annual_revenue,
        account_records.currency as revenue_currency,
        chosen_values.country,
        chosen_values.state,
        chosen_values.owner_id,
        accounts.record_count,
        accounts.created_at
    from accounts
    left join chosen_values
        on accounts.account_id = chosen_values.account_id
    left join account_records
        on chosen_values.revenue_record_id = account_records.account_record_id

)

select * from golden_accounts
