-- Grain: one row per proposed set of rules and rule, over the first assignments of the
-- last closed fiscal quarter; one row that says so where nothing is proposed.
-- Rows of routing_rules with another rule_set are a proposal. They are asked on the day
-- of each lead, so let them hold from before the quarter.

{{ config(group='lifecycle') }}

with

routing_comparisons as (

    select * from {{ ref('int_lifecycle__routing_comparisons') }}
    where
        assigned_on < {{ fiscal_quarter_start(reporting_date(as_of())) }}
        and assigned_on
        >= {{ fiscal_quarter_start(reporting_date(as_of())) }} - interval '3' month

),

sides as (

    select
        rule_set,
        current_rule as routing_rule,
        true as is_now,
        current_rule = proposed_rule as is_kept,
        is_correct_now as is_correct
    from routing_comparisons
    union all
    select
        rule_set,
        proposed_rule as routing_rule,
        false as is_now,
        current_rule = proposed_rule as is_kept,
        is_correct_as_proposed as is_correct
    from routing_comparisons

),

compared_rules as (

    select
        rule_set,
        routing_rule,
        count_if(is_now) as current_leads,
        count_if(not is_now) as proposed_leads,
        count_if(is_now and not is_kept) as moved_out,
        count_if(not is_now and not is_kept) as moved_in,
        avg(cast(is_correct as integer)) filter (where is_now) as current_accuracy,
        avg(cast(is_correct as integer)) filter (where not is_now)
            as proposed_accuracy
    from sides
    group by
        rule_set,
        routing_rule

),

simulation as (

    select * from compared_rules
    union all
    select
        'nothing to compare: no other rule_set in routing_rules, or no lead'
            as rule_set,
        null as routing_rule,
        0 as current_leads,
        0 as proposed_leads,
        0 as moved_out,
        0 as moved_in,
        null as current_accuracy,
        null as proposed_accuracy
    where not exists (select * from compared_rules)

)

select * from simulation
order by
    rule_set asc,
    current_leads desc,
    proposed_leads desc,
    routing_rule asc
