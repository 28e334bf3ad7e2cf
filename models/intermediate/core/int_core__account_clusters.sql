-- Grain: one row per account record, with its golden account.
-- Records are one account when they share a company domain or were merged in the CRM;
-- a merge is followed to its last survivor.

with recursive

account_records as (

    select * from {{ ref('int_core__account_records') }}

),

freemail_domains as (

    select domain from {{ ref('freemail_domains') }}

),

merge_chains as (

    select
        account_record_id,
        account_record_id as survivor_id,
        merged_into_record_id as next_id,
        0 as depth
    from account_records
    union all
    select
        merge_chains.account_record_id,
        account_records.account_record_id as survivor_id,
        account_records.merged_into_record_id as next_id,
        merge_chains.depth + 1 as depth
    from merge_chains
    inner join account_records
        on merge_chains.next_id = account_records.account_record_id
    where merge_chains.depth < 50

),

survivors as (

    select
        account_record_id,
        max_by(survivor_id, depth) as survivor_id
    from merge_chains
    group by account_record_id

),

keyed_records as (

    select
        account_records.account_record_id,
        account_records.merged_into_record_id,
        account_records.is_deleted,
        account_records.created_at,
        coalesce(account_records.updated_at, account_records.created_at) as updated_at,
        case
            when freemail_domains.domain is null then survivor_records.domain
        end as company_domain,
        survivors.survivor_id
    from account_records
    inner join survivors
        on account_records.account_record_id = survivors.account_record_id
    inner join account_records as survivor_records
        on survivors.survivor_id = survivor_records.account_record_id
    left join freemail_domains
        on survivor_records.domain = freemail_domains.domain

),

account_clusters as (

    select
        account_record_id,
        coalesce(company_domain, survivor_id) as cluster_key,
        first_value(account_record_id) over (
            partition by coalesce(company_domain, survivor_id)
            order by created_at asc nulls last, account_record_id asc
        ) as account_id,
        row_number() over (
            partition by coalesce(company_domain, survivor_id)
            order by
                is_deleted asc,
                (merged_into_record_id is not null) asc,
                updated_at desc nulls last,
                account_record_id asc
        ) as trust_rank,
        count(*) over (partition by coalesce(company_domain, survivor_id))
            as record_count,
        min(cast(is_deleted as integer)) over (
            partition by coalesce(company_domain, survivor_id)
        ) = 0 as is_live_account
    from keyed_records

)

select * from account_clusters
