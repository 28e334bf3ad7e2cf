-- Grain: one row per amount planned for a month and channel, as landed.

with

budgets as (

    select * from {{ source('generic', 'budgets') }}

),

renamed as (

    select
        'generic' as source,
        cast(date_trunc('month', month) as date) as budget_month,
        {{ snake_case('channel') }} as channel,
        amount,
        upper({{ clean_text('currency') }}) as currency
    from budgets

)

select * from renamed
