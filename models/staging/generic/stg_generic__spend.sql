-- Grain: one row per amount spent on a span of days, as landed.

with

spend as (

    select * from {{ source('generic', 'spend') }}

),

renamed as (

    select
        'generic' as source,
        {{ snake_case('platform') }} as platform,
        {{ source_key('generic', 'campaign_id') }} as campaign_id,
        {{ clean_text('campaign_name') }} as campaign_name,
        {{ snake_case('channel') }} as channel,
        coalesce({{ snake_case('cost_type') }}, 'media') as cost_type,
        amount,
        upper({{ clean_text('currency') }}) as currency,
        impressions,
        clicks,
        spend_date as starts_on,
        coalesce(end_date, spend_date) as ends_on
    from spend

)

select * from renamed
