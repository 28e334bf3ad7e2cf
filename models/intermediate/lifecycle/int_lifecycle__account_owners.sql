-- Grain: one row per person and moment at whose account a rep had the lead by right:
-- the owner of a known account, who is a customer's too if it had bought by then.

with

routed_leads as (

    select
        person_id,
        account_id,
        is_account_known,
        routed_at
    from {{ ref('int_lifecycle__routed_leads') }}
    where account_id is not null

),

accounts as (

    select
        account_id,
        owner_id
    from {{ ref('dim_accounts') }}

),

record_owners as (

    select * from {{ ref('int_lifecycle__record_owners') }}

),

opportunities as (

    select
        account_id,
        created_at,
        closed_at
    from {{ ref('fct_opportunity_outcomes') }}
    where is_won and closed_at is not null

),

opportunity_facts as (

    select
        person_id,
        entered_at
    from {{ ref('int_lifecycle__opportunity_facts') }}
    where stage = 'customer'

),

account_wins as (

    select
        account_id,
        min({{ won_at() }}) as won_at
    from opportunities
    group by account_id

),

personal_wins as (

    select
        person_id,
        min(entered_at) as won_at
    from opportunity_facts
    group by person_id

),

account_owners as (

    select
        routed_leads.person_id,
        routed_leads.routed_at,
        record_owners.rep_id,
        record_owners.rep_key,
        routed_leads.is_account_known,
        coalesce(account_wins.won_at <= routed_leads.routed_at, false)
        or coalesce(personal_wins.won_at <= routed_leads.routed_at, false)
            as is_customer
    from routed_leads
    inner join accounts
        on routed_leads.account_id = accounts.account_id
    inner join record_owners
        on accounts.owner_id = record_owners.owner_id
    left join account_wins
        on routed_leads.account_id = account_wins.account_id
    left join personal_wins
        on routed_leads.person_id = personal_wins.person_id

)

select * from account_owners
