-- Grain: one row per golden person and spell in which their data is fresh: verified
-- within twelve months, and the address in use has not bounced.
-- Spells of a person do not overlap: whether somebody is fresh is a join at any moment.

with

verifications as (

    select
        person_id,
        verified_at,
        {{ dbt.dateadd('month', 12, 'verified_at') }} as fresh_until
    from {{ ref('int_quality__verifications') }}

),

bounces as (

    select
        person_id,
        email_bounced_at
    from {{ ref('int_quality__people') }}

),

marked_verifications as (

    select
        *,
        case
            when
                lag(fresh_until) over (
                    partition by person_id
                    order by verified_at
                ) >= verified_at
                then 0
            else 1
        end as is_spell_start
    from verifications

),

numbered_verifications as (

    select
        *,
        sum(is_spell_start) over (
            partition by person_id
            order by verified_at
            rows between unbounded preceding and current row
        ) as spell_number
    from marked_verifications

),

spells as (

    select
        person_id,
        spell_number,
        min(verified_at) as starts_at,
        max(fresh_until) as verified_until
    from numbered_verifications
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
            spells.verified_until,
            coalesce(bounces.email_bounced_at, spells.verified_until)
        ) as ends_at
    from spells
    inner join bounces
        on spells.person_id = bounces.person_id
    where coalesce(bounces.email_bounced_at > spells.starts_at, true)

)

select * from fresh_spells
