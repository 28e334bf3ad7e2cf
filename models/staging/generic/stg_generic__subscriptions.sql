-- Grain: one row per subscription.

with

subscriptions as (

    select * from {{ source('generic', 'subscriptions') }}

),

renamed as (

    select
        {{ source_key('generic', 'subscription_id') }} as subscription_id,
        {{ source_key('generic', 'account_id') }} as account_record_id,
        'generic' as source,
        {{ clean_text('plan') }} as plan_name,
        mrr,
        upper({{ clean_text('currency') }}) as currency,
        health_score,
        started_on,
        ended_on
    from subscriptions

)

select * from renamed
