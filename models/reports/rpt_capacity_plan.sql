-- Grain: one row per team that is given leads and week ahead: whether those who are
-- there can answer the MQLs to expect in time.

with

planned_weeks as (

    select
        *,
        {{ figure_beside_limit('in_time_rate', "'rate'", "'minimum'") }}
        || ' of past MQLs were answered in time, '
        || {{ figure_beside_limit('sla_rate_target', "'rate'", "'minimum'") }}
        || ' asked' as answers_in_time
    from {{ ref('fct_capacity_plan') }}

),

capacity_plan as (

    select
        team,
        week,
        is_enough,
        reps,
        expected_mqls,
        expected_mqls_high,
        utilisation_rate,
        reps_by_work,
        reps_needed,
        case status
            when 'estimated'
                then answers_in_time || ': fewer where a rep had more MQLs'
            when 'kept_at_every_load'
                then
                    answers_in_time || ', and no week was too full for it: the need is '
                    || 'that of the fullest'
            when 'load_not_shown'
                then answers_in_time || ', and not fewer in full weeks'
            when 'missed_at_every_load'
                then answers_in_time || ', and too few even in the lightest weeks'
            when 'load_never_varied'
                then answers_in_time || ', and every week was as full as the others'
            when 'too_little_history'
                then 'Too few weeks or answers to tell what load the SLA bears'
            when 'no_reps' then 'Nobody of the team is given leads any more'
            when 'nobody_there' then 'Nobody of the team works in this week'
            when 'no_expectation' then 'Too little history to expect MQLs by'
        end as reason
    from planned_weeks

)

select * from capacity_plan
