-- Grain: one row per cycle whose MQL was answered: the first call, e-mail, meeting or
-- task by a person of ours, at or after the MQL and before the next one.
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
        occurred_at
    from {{ ref('int_lifecycle__activities') }}
    where
        person_id is not null
        and activity_type in ('call', 'email', 'meeting', 'task')
        and coalesce(direction, 'outbound') != 'inbound'

),

first_responses as (

    select
        mql_cycles.funnel_cycle_id,
        activities.activity_id,
        activities.activity_type,
        activities.user_id as responder_id,
        activities.occurred_at as responded_at
    from mql_cycles
    inner join activities
        on
            mql_cycles.person_id = activities.person_id
            and mql_cycles.mql_at <= activities.occurred_at
            and activities.occurred_at
            < coalesce(mql_cycles.next_mql_at, cast('9999-12-31' as timestamp))
    qualify
        row_number() over (
            partition by mql_cycles.funnel_cycle_id
            order by
                activities.occurred_at asc,
                activities.activity_id asc
        ) = 1

)

select * from first_responses
