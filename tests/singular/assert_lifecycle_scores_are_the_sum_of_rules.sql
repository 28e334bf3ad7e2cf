-- The rules that fired for a person or an account add up to the current score, and the
-- engagement of an account is that of its people.

with

lead_rules as (

    select
        person_id,
        sum(points) as points
    from {{ ref('fct_lead_score_rules') }}
    group by person_id

),

account_rules as (

    select
        account_id,
        sum(points) as points
    from {{ ref('fct_account_score_rules') }}
    group by account_id

),

people_of_accounts as (

    select
        dim_people.account_id,
        sum(fct_lead_rule_scores.engagement_points) as points
    from {{ ref('dim_people') }} as dim_people
    inner join {{ ref('fct_lead_rule_scores') }} as fct_lead_rule_scores
        on dim_people.person_id = fct_lead_rule_scores.person_id
    group by dim_people.account_id

),

compared_sums as (

    select
        fct_lead_rule_scores.person_id as subject_id,
        fct_lead_rule_scores.score as shown_points,
        coalesce(lead_rules.points, 0) as summed_points
    from {{ ref('fct_lead_rule_scores') }} as fct_lead_rule_scores
    left join lead_rules
        on fct_lead_rule_scores.person_id = lead_rules.person_id
    union all
    select
        fct_account_scores.account_id as subject_id,
        fct_account_scores.score as shown_points,
        coalesce(account_rules.points, 0) as summed_points
    from {{ ref('fct_account_scores') }} as fct_account_scores
    left join account_rules
        on fct_account_scores.account_id = account_rules.account_id
    union all
    select
        fct_account_scores.account_id as subject_id,
        fct_account_scores.engagement_points as shown_points,
        coalesce(people_of_accounts.points, 0) as summed_points
    from {{ ref('fct_account_scores') }} as fct_account_scores
    left join people_of_accounts
        on fct_account_scores.account_id = people_of_accounts.account_id

)

select * from compared_sums
where abs(shown_points - summed_points) > 1e-6
