-- Grain: one row per opportunity of any source that existed at as_of, deleted ones too.
-- A deal that closed after as_of was open then, in the stage that its history tells;
-- what was not known by then is null. A closing stage in the history of an open deal
-- says that it was reopened since: its flags and its stage are today's.

with

opportunity_records as (

    select * from {{ ref('int_core__opportunity_records') }}

),

opportunity_stages as (

    select
        opportunity_id,
        stage_name,
        has_changed_since
    from {{ ref('int_core__opportunity_stages') }}

),

opportunity_types as (

    select
        source_value,
        opportunity_type
    from {{ ref('opportunity_types') }}

),

dated_opportunities as (

    select
        *,
        is_closed and not {{ known_by_as_of('closed_at') }} as closed_later
    from opportunity_records
    where {{ known_by_as_of('created_at') }}

),

closing_stages as (

    select
        source,
        stage_name
    from opportunity_records
    where is_closed and stage_name is not null
    group by
        source,
        stage_name

),

past_stages as (

    select
        dated_opportunities.opportunity_id,
        opportunity_stages.has_changed_since,
        case
            when closing_stages.stage_name is null then opportunity_stages.stage_name
        end as stage_name
    from dated_opportunities
    inner join opportunity_stages
        on dated_opportunities.opportunity_id = opportunity_stages.opportunity_id
    left join closing_stages
        on
            dated_opportunities.source = closing_stages.source
            and opportunity_stages.stage_name = closing_stages.stage_name

),

opportunities as (

    select
        dated_opportunities.opportunity_id,
        dated_opportunities.source,
        dated_opportunities.record_id,
        dated_opportunities.account_record_id,
        dated_opportunities.primary_campaign_id,
        dated_opportunities.owner_id,
        dated_opportunities.opportunity_name,
        case
            when dated_opportunities.closed_later then past_stages.stage_name
            when not dated_opportunities.is_closed and past_stages.has_changed_since
                then
                    coalesce(past_stages.stage_name, dated_opportunities.stage_name)
            else dated_opportunities.stage_name
        end as stage_name,
        opportunity_types.opportunity_type,
        dated_opportunities.lead_source,
        dated_opportunities.amount,
        dated_opportunities.currency,
        case
            when not dated_opportunities.closed_later
                then dated_opportunities.probability
        end as probability,
        dated_opportunities.is_closed and not dated_opportunities.closed_later
            as is_closed,
        dated_opportunities.is_won and not dated_opportunities.closed_later as is_won,
        dated_opportunities.is_deleted,
        dated_opportunities.created_at,
        dated_opportunities.close_date,
        case
            when not dated_opportunities.closed_later
                then dated_opportunities.closed_at
        end as closed_at
    from dated_opportunities
    left join past_stages
        on dated_opportunities.opportunity_id = past_stages.opportunity_id
    left join opportunity_types
        on dated_opportunities.opportunity_type = opportunity_types.source_value

)

select * from opportunities
