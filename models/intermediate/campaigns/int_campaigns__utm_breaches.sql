-- Grain: one row per UTM parameter, value as links write it, and rule about single
-- values that it breaks.

with

utm_values as (

    select
        *,
        lower(utm_value) as lower_value,
        {{ utm_slug('utm_value') }} as slug
    from {{ ref('int_campaigns__utm_values') }}

),

utm_rules as (

    select
        utm_rule_id,
        rule,
        parameter,
        pattern
    from {{ ref('utm_rules') }}

),

judged_values as (

    select
        utm_values.*,
        utm_rules.utm_rule_id,
        utm_rules.rule,
        coalesce(regexp_extract(utm_values.lower_value, utm_rules.pattern, 0), '') != ''
            as matches_pattern,
        coalesce(regexp_extract(utm_values.slug, utm_rules.pattern, 0), '') != ''
            as is_slug_right
    from utm_values
    inner join utm_rules
        on utm_values.parameter = utm_rules.parameter

),

breaches as (

    select
        *,
        case
            when rule = 'lower_case' then coalesce(canonical_value, lower_value)
            when rule = 'listed' then canonical_value
            when rule = 'structure' and is_slug_right then slug
        end as mended_value
    from judged_values
    where
        (rule = 'lower_case' and utm_value != lower_value)
        or (rule = 'listed' and coalesce(canonical_value, '') != lower_value)
        or (rule = 'structure' and not matches_pattern)
        or (rule in ('no_personal_data', 'click_is_tagged') and matches_pattern)

),

utm_breaches as (

    select
        parameter,
        utm_value,
        utm_rule_id,
        case when not is_personal then mended_value end as suggested_value
    from breaches

)

select * from utm_breaches
