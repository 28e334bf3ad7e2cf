-- Grain: one row per account, intent signal up to as_of and intent rule that it fires.
-- A signal is of a day, and counts from the start of that. Measured again by the same
-- vendor, or landed under two forms of the domain, it is one: the strongest stands.

{{ config(materialized='view') }}

with

intent_rules as (

    select
        rule_id,
        column_name,
        operator,
        lower(value) as given_text,
        try_cast(value as double) as given_number,
        effective_from,
        coalesce(effective_to, cast('9999-12-31' as date)) as effective_to
    from {{ ref('scoring_rules') }}
    where dimension = 'intent'

),

intent_signals as (

    select * from {{ ref('stg_generic__intent_signals') }}
    where observed_on <= {{ reporting_date(as_of()) }}
    qualify row_number() over (
        partition by domain, lower(topic), lower(vendor), observed_on
        order by
            score desc,
            topic asc,
            vendor asc
    ) = 1

),

accounts as (

    select
        {{ scored_account_key('account_id') }} as account_key,
        domain
    from {{ ref('dim_accounts') }}

),

values_to_judge as (

    select
        accounts.account_key,
        intent_rules.rule_id,
        intent_rules.operator,
        intent_rules.given_text,
        intent_rules.given_number,
        intent_signals.observed_on,
        case intent_rules.column_name
            when 'topic' then lower(intent_signals.topic)
            when 'vendor' then lower(intent_signals.vendor)
        end as text_value,
        case intent_rules.column_name
            when 'signal_score' then intent_signals.score
        end as number_value
    from intent_signals
    inner join accounts
        on intent_signals.domain = accounts.domain
    inner join intent_rules
        on
            intent_signals.observed_on >= intent_rules.effective_from
            and intent_signals.observed_on < intent_rules.effective_to

),

judged_signals as (

    select
        account_key,
        rule_id,
        {{ reporting_midnight('observed_on') }} as observed_at
    from values_to_judge
    where {{ is_met() }}

)

select * from judged_signals
