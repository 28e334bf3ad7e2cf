-- Grain: one row per test, kind of test and person or visitor who met a variant.

{{ config(materialized='view') }}

with

mail_subjects as (

    select * from {{ ref('int_campaigns__mail_subjects') }}

),

touch_subjects as (

    select * from {{ ref('int_campaigns__touch_subjects') }}

),

test_subjects as (

    select
        *,
        'email' as test_kind
    from mail_subjects
    union all
    select
        *,
        'touch' as test_kind
    from touch_subjects

)

select * from test_subjects
