-- At as_of, every country has at most one rule, and one for all others is in force.

with

country_rules as (

    select country
    from {{ ref('consent_country_rules') }}
    where
        {{ reporting_date(as_of()) }} >= effective_from
        and {{ reporting_date(as_of()) }}
        < coalesce(effective_to, cast('9999-12-31' as date))

),

rule_counts as (

    select
        country,
        count(*) as rule_count
    from country_rules
    group by country

),

faults as (

    select
        country,
        rule_count
    from rule_counts
    where rule_count > 1
    union all
    select
        '*' as country,
        0 as rule_count
    where not exists (
        select rule_counts.country
        from rule_counts
        where rule_counts.country = '*'
    )

)

select * from faults
