-- Grain: one row per person, moment and kind of rule that goes by what a rep already
-- has, with all whom it allows.

with

opportunity_owners as (

    select * from {{ ref('int_lifecycle__opportunity_owners') }}

),

account_owners as (

    select * from {{ ref('int_lifecycle__account_owners') }}

),

named_owners as (

    select * from {{ ref('int_lifecycle__named_owners') }}

),

entitlements as (

    select
        person_id,
        routed_at,
        'opportunity_owner' as rule_kind,
        rep_id,
        rep_key
    from opportunity_owners
    union all
    select
        person_id,
        routed_at,
        'customer_owner' as rule_kind,
        rep_id,
        rep_key
    from account_owners
    where is_customer
    union all
    select
        person_id,
        routed_at,
        'account_owner' as rule_kind,
        rep_id,
        rep_key
    from account_owners
    where is_account_known
    union all
    select
        person_id,
        routed_at,
        'named_account' as rule_kind,
        rep_id,
        rep_key
    from named_owners

),

entitled_owners as (

    select
        person_id,
        rule_kind,
        {{ sorted_list('rep_id') }} as owner_ids,
        {{ sorted_list('rep_key') }} as owner_keys,
        routed_at
    from entitlements
    group by
        person_id,
        rule_kind,
        routed_at

)

select * from entitled_owners
