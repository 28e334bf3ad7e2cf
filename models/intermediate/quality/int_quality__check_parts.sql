-- Grain: one row per check and record that it looks at, of every check but freshness.
-- Numerator and denominator add up over any records: a day, a month, a segment.

{{ config(materialized='view') }}

with

person_checks as (

    select * from {{ ref('int_quality__person_checks') }}

),

record_checks as (

    select * from {{ ref('int_quality__record_checks') }}

),

decay_checks as (

    select * from {{ ref('int_quality__decay_checks') }}

),

company_checks as (

    select * from {{ ref('int_quality__company_checks') }}

),

touch_checks as (

    select * from {{ ref('int_quality__touch_checks') }}

),

email_checks as (

    select * from {{ ref('int_quality__email_checks') }}

),

picklist_checks as (

    select * from {{ ref('int_quality__picklist_checks') }}

),

check_parts as (

    select * from person_checks
    union all
    select * from record_checks
    union all
    select * from decay_checks
    union all
    select * from company_checks
    union all
    select * from touch_checks
    union all
    select * from email_checks
    union all
    select * from picklist_checks

)

select * from check_parts
