-- Grain: one row per golden account: score, grade and whether it is marketing qualified
-- at as_of, and since when it first was.

with

current_scores as (

    select * from {{ ref('int_lifecycle__current_scores') }}
    where subject = 'account'

),

mqa_definitions as (

    select * from {{ ref('mqa_definitions') }}
    where {{ in_force() }}

),

engaged_people as (

    select
        engaging_moments.account_key,
        count(distinct engaging_moments.person_key) as engaged_people
    from {{ ref('int_lifecycle__engaging_moments') }} as engaging_moments
    inner join mqa_definitions
        on
            engaging_moments.scored_at
            >= {{ as_of() }} - mqa_definitions.engaged_days * interval '1' day
    group by engaging_moments.account_key

),

first_mqa_moments as (

    select
        account_id,
        min(scored_at) as mqa_at
    from {{ ref('fct_account_score_changes') }}
    where is_mqa
    group by account_id

),

judged_accounts as (

    select
        current_scores.*,
        mqa_definitions.definition_version,
        coalesce(engaged_people.engaged_people, 0) as engaged_people,
        {{ is_mqa('current_scores', 'engaged_people') }} as is_mqa
    from current_scores
    left join engaged_people
        on current_scores.subject_key = engaged_people.account_key
    left join mqa_definitions
        on true

),

account_scores as (

    select
        judged_accounts.subject_id as account_id,
        judged_accounts.definition_version,
        judged_accounts.grade,
        judged_accounts.top_rules,
        judged_accounts.is_mqa,
        judged_accounts.engaged_people,
        judged_accounts.engagement_points,
        judged_accounts.intent_points,
        judged_accounts.fit_points,
        judged_accounts.score,
        judged_accounts.last_fired_at as last_scored_at,
        -- Without a moment of its own, it is one since the policies last changed.
        coalesce(
            first_mqa_moments.mqa_at,
            case
                when judged_accounts.is_mqa
                    then {{ reporting_midnight('judged_accounts.valid_from') }}
            end
        ) as mqa_at
    from judged_accounts
    left join first_mqa_moments
        on judged_accounts.subject_id = first_mqa_moments.account_id

)

select * from account_scores
