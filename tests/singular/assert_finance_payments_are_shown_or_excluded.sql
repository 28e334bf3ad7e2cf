-- Every staged payment is in the mart or listed as excluded, and none is in both.

with

staged_payments as (

    select count(*) as row_count
    from {{ ref('stg_generic__payments') }}

),

accounted_payments as (

    select payment_id
    from {{ ref('fct_payments') }}
    union
    select record_key as payment_id
    from {{ ref('fct_excluded_records') }}
    where entity = 'payments'

),

accounted as (

    select count(*) as row_count
    from accounted_payments

)

select
    staged_payments.row_count,
    accounted.row_count as accounted_count
from staged_payments
cross join accounted
where staged_payments.row_count != accounted.row_count
