-- Grain: one row per opportunity and moment at which a change was saved, up to as_of.
-- Amounts convert at the rate of the day that counted as long as the deal was open, and
-- at that of its close, so that the value at any moment can be told.

with

stage_events as (

    select * from {{ ref('int_core__opportunity_stage_events') }}

),

opportunities as (

    select
        opportunity_id,
        currency,
        {{ reporting_date('created_at') }} as created_date,
        {{ reporting_date('case when is_closed then closed_at end') }} as closed_date
    from {{ ref('fct_opportunity_outcomes') }}

),

exchange_rates as (

    select
        currency,
        valid_from,
        valid_to,
        reporting_per_unit
    from {{ ref('dim_exchange_rates') }}

),

known_events as (

    select
        opportunities.*,
        stage_events.stage_name,
        stage_events.amount,
        stage_events.close_date,
        stage_events.changed_at
    from stage_events
    inner join opportunities
        on stage_events.opportunity_id = opportunities.opportunity_id
    where stage_events.changed_at <= {{ as_of() }}
    qualify row_number() over (
        partition by opportunities.opportunity_id, stage_events.changed_at
        order by
            stage_events.stage_name asc nulls last,
            stage_events.amount desc nulls last,
            stage_events.close_date desc nulls last
    ) = 1

),

opportunity_changes as (

    select
        known_events.opportunity_id,
        known_events.stage_name,
        known_events.close_date,
        {{ converted(
            'known_events.amount', 'opening_rates.reporting_per_unit', 18, 2
        ) }} as open_amount_usd,
        {{ converted(
            'known_events.amount', 'closing_rates.reporting_per_unit', 18, 2
        ) }} as closed_amount_usd,
        known_events.changed_at
    from known_events
    left join exchange_rates as opening_rates
        on
            known_events.currency = opening_rates.currency
            and known_events.created_date >= opening_rates.valid_from
            and known_events.created_date < opening_rates.valid_to
    left join exchange_rates as closing_rates
        on
            known_events.currency = closing_rates.currency
            and known_events.closed_date >= closing_rates.valid_from
            and known_events.closed_date < closing_rates.valid_to

)

select * from opportunity_changes
