-- Grain: one row per golden person and spell, or pair of spells, of fresh data, and end
-- of it: what it adds to, or takes from, the people fresh a year before (denominator)
-- and those of them who are so no more (numerator), from a month on.
-- Two moments at which somebody is fresh lie in one spell or in a pair of spells, so
-- that each span of months is told by its two ends, whatever its length.

{{ config(materialized='view') }}

with

people as (

    select * from {{ ref('int_quality__people') }}

),

fresh_spells as (

    -- A month is judged at its end, the last one at as_of: by then whatever happened
    -- in it had happened. A year before as_of, part of that month had not.
    select
        person_id,
        spell_number,
        {{ reporting_month('starts_at') }} as fresh_from,
        case
            when ends_at <= {{ as_of() }} then {{ reporting_month('ends_at') }}
        end as stale_from,
        case
            when starts_at <= {{ dbt.dateadd('month', -12, as_of()) }}
                then {{ reporting_month('starts_at') }} + interval '12' month
        end as counted_from,
        case
            when ends_at <= {{ dbt.dateadd('month', -12, as_of()) }}
                then {{ reporting_month('ends_at') }} + interval '12' month
        end as counted_until
    from {{ ref('int_quality__fresh_spells') }}

),

still_fresh as (

    select
        then_spells.person_id,
        greatest(then_spells.counted_from, now_spells.fresh_from) as month_from,
        least(then_spells.counted_until, now_spells.stale_from) as month_until
    from fresh_spells as then_spells
    inner join fresh_spells as now_spells
        on
            then_spells.person_id = now_spells.person_id
            and then_spells.spell_number <= now_spells.spell_number
    where then_spells.counted_from is not null

),

spans as (

    select
        person_id,
        counted_from as month_from,
        counted_until as month_until,
        1 as numerator,
        1 as denominator
    from fresh_spells
    where counted_from is not null
    union all
    select
        person_id,
        month_from,
        month_until,
        -1 as numerator,
        0 as denominator
    from still_fresh
    where coalesce(month_from < month_until, true)

),

changes as (

    select
        person_id,
        month_from as month,
        numerator,
        denominator
    from spans
    union all
    select
        person_id,
        month_until as month,
        -numerator as numerator,
        -denominator as denominator
    from spans
    where month_until is not null

),

decay_changes as (

    select
        'data_decay_rate' as metric,
        cast(changes.month as date) as month,
        people.segment,
        people.owner_id,
        people.source,
        changes.numerator,
        changes.denominator
    from changes
    inner join people
        on changes.person_id = people.person_id

)

select * from decay_changes
