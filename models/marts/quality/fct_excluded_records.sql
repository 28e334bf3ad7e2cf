-- Grain: one row per staged record of a person, an account or an opportunity, and per
-- touch, cost and payment, that the marts leave out, with the reason. Staged = shown +
-- excluded; a cost that ends after as_of is shown up to as_of.

with

staged_records as (

    select * from {{ ref('int_quality__staged_records') }}

),

late_events as (

    select * from {{ ref('int_quality__late_events') }}

),

shown_records as (

    select
        'people' as entity,
        person_record_id as record_key
    from {{ ref('bridge_person_records') }}
    union all
    select
        'accounts' as entity,
        account_record_id as record_key
    from {{ ref('bridge_account_records') }}
    union all
    select
        'opportunities' as entity,
        opportunity_id as record_key
    from {{ ref('fct_opportunity_outcomes') }}

),

opportunity_links as (

    select opportunity_id
    from {{ ref('stg_hubspot__opportunity_links') }}

),

excluded_records as (

    select
        staged_records.entity,
        staged_records.record_key,
        staged_records.source,
        staged_records.record_id,
        case
            when staged_records.is_after_as_of then 'after_as_of'
            when staged_records.is_deleted then 'deleted'
            when opportunity_links.opportunity_id is not null
                then 'in_system_of_record'
            else 'unexplained'
        end as reason,
        cast(null as bigint) as excluded_days
    from staged_records
    left join shown_records
        on
            staged_records.entity = shown_records.entity
            and staged_records.record_key = shown_records.record_key
    left join opportunity_links
        on
            staged_records.entity = 'opportunities'
            and staged_records.record_key = opportunity_links.opportunity_id
    where shown_records.record_key is null
    union all
    select
        entity,
        record_key,
        source,
        record_id,
        'after_as_of' as reason,
        excluded_days
    from late_events

)

select * from excluded_records
