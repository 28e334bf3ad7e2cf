-- Grain: one row per person and moment at which the routing rules are asked, with what
-- they look at.
-- Who a person is, where, and at which account, is as of today: sources keep no history
-- of it. An account counts as known from its creation on.

with

lead_moments as (

    select * from {{ ref('int_lifecycle__lead_moments') }}

),

people as (

    select
        person_id,
        account_id,
        email_domain,
        country,
        segment,
        lead_source
    from {{ ref('dim_people') }}

),

accounts as (

    select
        account_id,
        domain,
        country,
        territory,
        created_at
    from {{ ref('dim_accounts') }}

),

territories as (

    select
        territory_id,
        territory,
        country
    from {{ ref('territories') }}
    where state = '*' and {{ in_force() }}

),

countries as (

    select coalesce(country, '') as country
    from people
    group by coalesce(country, '')

),

country_territories as (

    select
        countries.country,
        territories.territory
    from countries
    inner join territories
        on territories.country in (countries.country, '*')
    qualify row_number() over (
        partition by countries.country
        order by
            (territories.country = '*') asc,
            territories.territory_id asc
    ) = 1

),

routed_leads as (

    select
        lead_moments.person_id,
        people.account_id,
        coalesce(accounts.created_at <= lead_moments.routed_at, true)
        and accounts.account_id is not null as is_account_known,
        coalesce(accounts.domain, people.email_domain) as company_domain,
        -- Only an account tells the state, by which a territory may go.
        case
            when people.country = accounts.country then accounts.territory
            else country_territories.territory
        end as territory,
        people.segment,
        people.lead_source,
        lead_moments.routed_on,
        lead_moments.routed_at
    from lead_moments
    inner join people
        on lead_moments.person_id = people.person_id
    left join accounts
        on people.account_id = accounts.account_id
    left join country_territories
        on coalesce(people.country, '') = country_territories.country

)

select * from routed_leads
