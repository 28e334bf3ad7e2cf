-- Grain: one row per golden account with at least one record that is not deleted.
-- Each field holds the value of the account's record, of several the one that the rules
-- of survivorship chose, as its picklist spells it.

with

live_records as (

    select
        *,
        coalesce(currency, '{{ var("reporting_currency") }}') as known_currency
    from {{ ref('int_core__golden_account_records') }}

),

chosen_values as (

    select
        golden_id,
        field,
        field_value,
        record_key
    from {{ ref('int_core__chosen_account_values') }}

),

spellings as (

    select * from {{ ref('int_core__kept_spellings') }}
    where entity = 'accounts'

),

lone_accounts as (

    select
        account_id,
        {{ each_column(golden_fields('accounts')) }},
        case when annual_revenue is not null then known_currency end
            as revenue_currency,
        record_count,
        created_at
    from live_records
    where record_count = 1

),

shared_accounts as (

    select
        account_id,
        max(record_count) as record_count,
        min(created_at) as created_at
    from live_records
    where record_count > 1
    group by account_id

),

chosen_fields as (

    select
        golden_id,
        {{ chosen_fields('accounts') }},
        max(record_key) filter (where field = 'annual_revenue') as revenue_record_id
    from chosen_values
    group by golden_id

),

accounts as (

    select * from lone_accounts
    union all
    select
        shared_accounts.account_id,
        {{ each_column(golden_fields('accounts'), 'chosen_fields.{}') }},
        live_records.known_currency as revenue_currency,
        shared_accounts.record_count,
        shared_accounts.created_at
    from shared_accounts
    left join chosen_fields
        on shared_accounts.account_id = chosen_fields.golden_id
    left join live_records
        on chosen_fields.revenue_record_id = live_records.account_record_id

),

spelled_accounts as (

    select
        accounts.account_id,
        {{ as_spelled('accounts', 'accounts') }},
        accounts.revenue_currency,
        accounts.record_count,
        accounts.created_at
    from accounts
    {{ joined_spellings('accounts', 'accounts') }}

),

golden_accounts as (

    select
        account_id,
        account_name,
        domain,
        industry,
        employee_count,
        annual_revenue,
        revenue_currency,
        country,
        state,
        owner_id,
        record_count,
        created_at
    from spelled_accounts

)

select * from golden_accounts
