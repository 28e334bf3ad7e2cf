-- Grain: one row per payment or refund.

with

payments as (

    select * from {{ source('generic', 'payments') }}

),

renamed as (

    select
        {{ source_key('generic', 'payment_id') }} as payment_id,
        'generic' as source,
        {{ source_key('generic', 'account_id') }} as account_record_id,
        {{ source_key('generic', 'opportunity_id') }} as opportunity_id,
        coalesce({{ snake_case('kind') }}, 'payment') as kind,
        amount,
        cost_of_revenue,
        upper({{ clean_text('currency') }}) as currency,
        paid_at
    from payments

)

select * from renamed
