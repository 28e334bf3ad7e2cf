-- Every MQL definition has criteria, and every set of criteria a definition or the name
-- of a proposal. A condition counts by one number and window, of one kind; a route has
-- one that happens, for a profile alone has no moment.

with

definitions as (

    select definition_version
    from {{ ref('mql_definitions') }}

),

criteria as (

    select * from {{ ref('mql_criteria') }}

),

conditions as (

    select
        definition_version,
        route,
        condition_number,
        max(case when kind = 'profile' then 0 else 1 end) as happens,
        count(distinct concat(
            kind,
            '#',
            case when kind = 'engagement' then criterion_id else '' end,
            '#',
            coalesce(cast(least_count as string), ''),
            '#',
            coalesce(cast(window_days as string), '')
        )) as kind_count
    from criteria
    group by
        definition_version,
        route,
        condition_number

),

timeless_routes as (

    select
        definition_version,
        route
    from conditions
    group by
        definition_version,
        route
    having max(happens) = 0

),

judged_versions as (

    select definition_version
    from criteria
    group by definition_version

),

problems as (

    select
        definitions.definition_version,
        cast(null as string) as route,
        'the definition has no criteria' as problem
    from definitions
    left join judged_versions
        on definitions.definition_version = judged_versions.definition_version
    where judged_versions.definition_version is null
    union all
    select
        judged_versions.definition_version,
        cast(null as string) as route,
        'neither a definition nor named proposed' as problem
    from judged_versions
    left join definitions
        on judged_versions.definition_version = definitions.definition_version
    where
        definitions.definition_version is null
        and judged_versions.definition_version not like 'proposed%'
    union all
    select
        definition_version,
        route,
        'a condition has two kinds, counts or windows' as problem
    from conditions
    where kind_count > 1
    union all
    select
        definition_version,
        route,
        'nothing of the route happens at a moment' as problem
    from timeless_routes

)

select * from problems
