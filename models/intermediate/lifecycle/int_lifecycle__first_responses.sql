-- Grain: one row per cycle whose MQL was answered: the first activity of a kind that
-- counts as an answer, at or after the MQL and before the next one.
-- What a system sent, or the lead itself, is no answer.

with

mql_cycles as (

    select
        funnel_cycle_id,
        person_id,
        mql_at,
        next_mql_at
    from {{ ref('int_lifecycle__mql_cycles') }}

),

activities as (

    select
        activity_id,
        person_id,
        user_id,
        activity_type,
        case when direction = 'inbound' then direction else 'outbound' end
            as direction,
        {{ reporting_date('occurred_at') }} as occurred_date,
        occurred_at
    from {{ ref('int_lifecycle__activities') }}
    where person_id is not null

),

response_types as (

    select
        activity_type,
        direction,
        effective_from,
        coalesce(effective_to, cast('9999-12-31' as date)) as effective_to
    from {{ ref('response_types') }}

),

responses as (

    select
        activities.activity_id,
        activities.person_id,
        activities.user_id,
        activities.activity_type,
        activities.occurred_at
    from activities
    inner join response_types
        on
            activities.activity_type = response_types.activity_type
            and activities.direction = response_types.direction
            and activities.occurred_date >= response_types.effective_from
            and activities.occurred_date < response_types.effective_to

),

first_responses as (

    select
        mql_cycles.funnel_cycle_id,
        responses.activity_id,
        responses.activity_type,
        responses.user_id as responder_id,
        responses.occurred_at as responded_at
    from mql_cycles
    inner join responses
        on
            mql_cycles.person_id = responses.person_id
            and mql_cycles.mql_at <= responses.occurred_at
            and responses.occurred_at
            < coalesce(mql_cycles.next_mql_at, cast('9999-12-31' as timestamp))
    qualify
        row_number() over (
            partition by mql_cycles.funnel_cycle_id
            order by
                responses.occurred_at asc,
                responses.activity_id asc
        ) = 1

)

select * from first_responses
