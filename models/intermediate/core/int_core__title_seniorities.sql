-- Grain: one row per job title as written; the first matching rule decides.

with

titles as (

    select title
    from {{ ref('int_core__golden_people') }}
    where title is not null
    group by title

),

seniority_rules as (

    select
        priority,
        title_pattern,
        seniority
    from {{ ref('seniority_rules') }}

),

title_seniorities as (

    select
        titles.title,
        min_by(seniority_rules.seniority, seniority_rules.priority) as seniority
    from titles
    inner join seniority_rules
        on ' ' || lower(titles.title) || ' ' like seniority_rules.title_pattern
    group by titles.title

)

select * from title_seniorities
