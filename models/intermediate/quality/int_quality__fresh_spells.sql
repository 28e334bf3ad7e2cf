-- Grain: one row per golden person and spell in which their data is fresh: verified
-- within twelve months, and the address in use has not bounced.
-- Spells of a person do not overlap: whether somebody is fresh is a join at any moment.

with

verified_years as (

    select * from {{ ref('int_quality__verified_years') }}

),

bounces as (

    select
        person_id,
        email_bounced_at
    from {{ ref('int_quality__people') }}

),

marked_years as (

    select
        *,
        case
            when
                lag(fresh_until) over (
                    partition by person_id
                    order by verified_from
                ) >= verified_from
                then 0
            else 1
        end as is_spell_start
    from verified_years

),

numbered_years as (

    select
        *,
        sum(is_spell_start) over (
            partition by person_id
            order by verified_from
            rows between unbounded preceding and current row
        ) as spell_number
    from marked_years

),

spells as (

    select
        person_id,
        spell_number,
        min(verified_from) as starts_at,
        max(fresh_until) as fresh_until
    from numbered_years
    group by
        person_id,
        spell_number

),

fresh_spells as (

    select
        spells.person_id,
        spells.spell_number,
        spells.starts_at,
        least(
            spells.fresh_until,
            coalesce(bounces.email_bounced_at, spells.fresh_until)
        ) as ends_at
    from spells
    inner join bounces
        on spells.person_id = bounces.person_id
    where coalesce(bounces.email_bounced_at > spells.starts_at, true)

)

select * from fresh_spells
