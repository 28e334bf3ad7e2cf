-- Grain: one row per UTM parameter and value as links write it.
-- Rules are matched here, on thousands of values instead of millions of touches.

with

written_values as (

    select
        parameter,
        utm_value
    from {{ ref('int_campaigns__utm_parameters') }}
    where utm_value is not null
    group by
        parameter,
        utm_value

),

allowed_values as (

    select
        parameter,
        synonym,
        utm_value
    from {{ ref('utm_allowed_values') }}

),

personal_patterns as (

    -- Of any parameter and time: what is personal is never shown.
    select pattern
    from {{ ref('utm_rules') }}
    where rule = 'no_personal_data'
    group by pattern

),

personal_values as (

    select
        written_values.parameter,
        written_values.utm_value
    from written_values
    inner join personal_patterns
        on
            coalesce(
                regexp_extract(
                    lower(written_values.utm_value), personal_patterns.pattern, 0
                ), ''
            ) != ''
    group by
        written_values.parameter,
        written_values.utm_value

),

utm_values as (

    select
        written_values.parameter,
        written_values.utm_value,
        allowed_values.utm_value as canonical_value,
        case
            when personal_values.utm_value is not null then '(personal data)'
            else written_values.utm_value
        end as shown_value,
        personal_values.utm_value is not null as is_personal
    from written_values
    left join allowed_values
        on
            written_values.parameter = allowed_values.parameter
            and lower(written_values.utm_value) = allowed_values.synonym
    left join personal_values
        on
            written_values.parameter = personal_values.parameter
            and written_values.utm_value = personal_values.utm_value

)

select * from utm_values
