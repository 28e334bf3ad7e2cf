-- Grain: one row per tool, with what it is good for, what to do with it, why, and what
-- that saves in a year.
-- A tool is cut when it fails the questions and nothing critical hangs on it; a
-- contract is renegotiated for the seats that nobody uses, some to spare left out.

with

tool_facts as (

    select * from {{ ref('int_finance__tool_facts') }}

),

policies as (

    select * from {{ ref('tool_policies') }}
    where {{ in_force() }}

),

question_answers as (

    select
        tool_id,
        question,
        replace(question, '_', ' ') as question_words,
        case
            when bool_or(is_met) then 'yes'
            when bool_or(is_met is null) then 'unknown'
            else 'no'
        end as answer
    from {{ ref('fct_tool_answers') }}
    group by
        tool_id,
        question

),

answered_tools as (

    select
        tool_id,
        max(answer) filter (where question = 'better_data') as better_data,
        max(answer) filter (where question = 'time_saved') as time_saved,
        max(answer) filter (where question = 'better_outcome') as better_outcome,
        count(*) filter (where answer != 'no') as possible_answers,
        {{ sorted_list("case when answer = 'yes' then question_words end", ', ') }}
            as yes_words,
        {{ sorted_list("case when answer = 'no' then question_words end", ', ') }}
            as no_words
    from question_answers
    group by tool_id

),

judged_tools as (

    select
        tool_facts.*,
        coalesce(answered_tools.better_data, 'unknown') as better_data,
        coalesce(answered_tools.time_saved, 'unknown') as time_saved,
        coalesce(answered_tools.better_outcome, 'unknown') as better_outcome,
        answered_tools.yes_words,
        answered_tools.no_words,
        coalesce(
            answered_tools.possible_answers < policies.least_yes_answers, false
        ) as fails_test,
        tool_facts.is_critical
        or tool_facts.critical_tools_cut_off > 0 as is_needed,
        tool_facts.seats - tool_facts.active_users as idle_seats,
        -- A decimal: as a double a tenth more than ten would be twelve seats.
        greatest(tool_facts.seats - cast(ceil(
            tool_facts.active_users * (1 + policies.spare_seat_share)
        ) as bigint), 0) as spared_seats,
        tool_facts.seats > 0
        and tool_facts.seats - tool_facts.active_users
        >= policies.least_idle_share * tool_facts.seats as has_idle_seats,
        coalesce(tool_facts.annual_cost_usd > 0, true) as can_be_cheaper
    from tool_facts
    left join answered_tools on tool_facts.tool_id = answered_tools.tool_id
    cross join policies

),

recommended_tools as (

    select
        *,
        case
            when fails_test and not is_needed then 'cut'
            when has_idle_seats and can_be_cheaper and spared_seats > 0
                then 'renegotiate'
            else 'keep'
        end as recommendation
    from judged_tools

),

tool_verdicts as (

    select
        tool_id,
        better_data,
        time_saved,
        better_outcome,
        recommendation,
        case
            when recommendation = 'cut'
                then 'no to ' || no_words || '; no campaign hangs on it'
            when recommendation = 'renegotiate'
                then idle_seats || ' of ' || seats || ' seats are idle' || case
                    when leaver_seats > 0
                        then ', ' || leaver_seats || ' held by people who have left'
                    else ''
                end
            when fails_test then 'no to ' || no_words || ', but campaigns hang on it'
            when yes_words != '' then 'yes to ' || yes_words
            else 'too little is known of it'
        end as reason,
        cast(case
            when recommendation = 'cut' then annual_cost_usd
            when recommendation = 'renegotiate'
                then annual_cost_usd * spared_seats / cast(seats as double)
            else 0
        end as decimal(28, 2)) as saving_usd
    from recommended_tools

)

select * from tool_verdicts
