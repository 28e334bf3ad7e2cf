-- Grain: one row per opportunity that is not deleted: its value and its outcome.
-- Open ones convert at the rate of the day they were created, closed ones at the rate
-- of the day they closed; where that day is not known, creation's stands, and as_of's
-- where neither is.

with

opportunities as (

    select
        *,
        {{ reporting_date(
            'coalesce(case when is_closed then closed_at end, created_at, '
            ~ as_of() ~ ')'
        ) }} as rate_day
    from {{ ref('int_core__opportunities') }}
    where not is_deleted

),

account_records as (

    select
        account_record_id,
        account_id
    from {{ ref('bridge_account_records') }}

),

accounts as (

    select
        account_id,
        segment
    from {{ ref('dim_accounts') }}

),

primary_people as (

    select
        opportunity_id,
        person_id
    from {{ ref('bridge_opportunity_people') }}
    where is_primary

),

exchange_rates as (

    select
        currency,
        valid_from,
        valid_to,
        reporting_per_unit
    from {{ ref('dim_exchange_rates') }}

),

opportunity_outcomes as (

    select
        opportunities.opportunity_id,
        opportunities.source,
        account_records.account_id,
        primary_people.person_id as primary_person_id,
        opportunities.primary_campaign_id,
        opportunities.owner_id,
        opportunities.opportunity_name,
        opportunities.stage_name,
        opportunities.opportunity_type,
        opportunities.lead_source as declared_lead_source,
        coalesce(accounts.segment, 'unknown') as segment,
        coalesce(opportunities.currency, '{{ var("reporting_currency") }}')
            as currency,
        opportunities.is_closed,
        opportunities.is_won,
        exchange_rates.reporting_per_unit is not null as has_exchange_rate,
        opportunities.amount,
        {{ converted(
            'opportunities.amount', 'exchange_rates.reporting_per_unit', 18, 2
        ) }}
            as amount_usd,
        opportunities.created_at,
        opportunities.closed_at,
        opportunities.close_date
    from opportunities
    left join account_records
        on opportunities.account_record_id = account_records.account_record_id
    left join accounts
        on account_records.account_id = accounts.account_id
    left join primary_people
        on opportunities.opportunity_id = primary_people.opportunity_id
    left join exchange_rates
        on
            coalesce(opportunities.currency, '{{ var("reporting_currency") }}')
            = exchange_rates.currency
            and opportunities.rate_day >= exchange_rates.valid_from
            and opportunities.rate_day < exchange_rates.valid_to

)

select * from opportunity_outcomes
