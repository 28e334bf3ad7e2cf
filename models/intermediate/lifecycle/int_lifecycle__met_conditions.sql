-- Grain: one row per marketable person, audience and condition of it: is it met?
-- Criteria of one condition are alternatives.

with

criteria as (

    select * from {{ ref('audience_criteria') }}

),

marketable_people as (

    select * from {{ ref('audience_marketable_people') }}

),

values_to_judge as (

    select
        marketable_people.person_id,
        criteria.audience_id,
        criteria.condition_number,
        criteria.operator,
        lower(criteria.value) as given_text,
        try_cast(criteria.value as double) as given_number,
        try_cast(criteria.value as integer) * interval '1' day as given_days,
        case criteria.column_name
            when 'country' then lower(marketable_people.country)
            when 'email_domain' then lower(marketable_people.email_domain)
            when 'industry' then lower(marketable_people.industry)
            when 'is_complete' then cast(marketable_people.is_complete as string)
            when 'is_customer' then cast(marketable_people.is_customer as string)
            when 'is_enriched' then cast(marketable_people.is_enriched as string)
            when 'lead_source' then lower(marketable_people.lead_source)
            when 'lifecycle_stage' then lower(marketable_people.lifecycle_stage)
            when 'owner_id' then lower(marketable_people.owner_id)
            when 'segment' then lower(marketable_people.segment)
            when 'seniority' then lower(marketable_people.seniority)
            when 'territory' then lower(marketable_people.territory)
        end as text_value,
        case criteria.column_name
            when 'annual_revenue_usd'
                then cast(marketable_people.annual_revenue_usd as double)
            when 'employee_count' then cast(marketable_people.employee_count as double)
            when 'intent_score' then cast(marketable_people.intent_score as double)
            when 'record_count' then cast(marketable_people.record_count as double)
        end as number_value,
        case criteria.column_name
            when 'created_at' then marketable_people.created_at
            when 'first_touch_at' then marketable_people.first_touch_at
            when 'mql_at' then marketable_people.mql_at
        end as time_value
    from marketable_people
    cross join criteria

),

judged_criteria as (

    select
        person_id,
        audience_id,
        condition_number,
        {{ is_met(with_times=true) }} as is_met
    from values_to_judge

),

met_conditions as (

    select
        person_id,
        audience_id,
        condition_number,
        bool_or(is_met) as is_met
    from judged_criteria
    group by
        person_id,
        audience_id,
        condition_number

)

select * from met_conditions
