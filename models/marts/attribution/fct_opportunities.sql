-- Grain: one row per opportunity: its value, its outcome and what marketing did for it.

with

opportunity_outcomes as (

    select * from {{ ref('fct_opportunity_outcomes') }}

),

opportunity_sources as (

    select * from {{ ref('int_attribution__opportunity_sources') }}

),

opportunity_influences as (

    select * from {{ ref('int_attribution__opportunity_influences') }}

),

opportunities as (

    select
        opportunity_outcomes.opportunity_id,
        opportunity_outcomes.account_id,
        opportunity_outcomes.primary_person_id,
        opportunity_outcomes.owner_id,
        opportunity_sources.sourced_campaign_id,
        opportunity_outcomes.opportunity_name,
        opportunity_outcomes.stage_name,
        opportunity_outcomes.opportunity_type,
        opportunity_outcomes.segment,
        opportunity_sources.source_kind,
        opportunity_sources.source_basis,
        opportunity_sources.sourced_channel,
        opportunity_sources.declared_source_kind,
        opportunity_sources.declared_channel,
        opportunity_sources.first_touch_source_kind,
        opportunity_sources.first_touch_channel,
        opportunity_sources.source_agreement,
        opportunity_outcomes.is_closed,
        opportunity_outcomes.is_won,
        opportunity_sources.source_kind = 'marketing' as is_marketing_sourced,
        opportunity_sources.source_kind = 'marketing'
        or opportunity_influences.opportunity_id is not null
            as is_marketing_influenced,
        opportunity_outcomes.has_exchange_rate,
        opportunity_outcomes.amount_usd,
        opportunity_outcomes.created_at,
        opportunity_outcomes.closed_at,
        opportunity_outcomes.close_date
    from opportunity_outcomes
    inner join opportunity_sources
        on opportunity_outcomes.opportunity_id = opportunity_sources.opportunity_id
    left join opportunity_influences
        on opportunity_outcomes.opportunity_id = opportunity_influences.opportunity_id

)

select * from opportunities
