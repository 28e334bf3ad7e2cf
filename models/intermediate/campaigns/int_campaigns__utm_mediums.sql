-- Grain: one row per source and medium as links write them, or without a medium, of a
-- source whose mediums are listed.

with

written_pairs as (

    select
        utm_source,
        utm_medium
    from {{ ref('int_campaigns__touch_records') }}
    where utm_source is not null
    group by
        utm_source,
        utm_medium

),

utm_values as (

    select
        parameter,
        utm_value,
        canonical_value
    from {{ ref('int_campaigns__utm_values') }}
    where canonical_value is not null

),

source_mediums as (

    select
        utm_source_medium_id,
        utm_source,
        utm_medium
    from {{ ref('utm_source_mediums') }}

),

utm_mediums as (

    select
        written_pairs.utm_source,
        written_pairs.utm_medium,
        min_by(source_mediums.utm_medium, source_mediums.utm_source_medium_id)
            as suggested_medium,
        max(mediums.canonical_value) is not null
        and not bool_or(
            coalesce(source_mediums.utm_medium = mediums.canonical_value, false)
        ) as is_contradiction
    from written_pairs
    inner join utm_values as sources
        on
            sources.parameter = 'utm_source'
            and written_pairs.utm_source = sources.utm_value
    inner join source_mediums
        on sources.canonical_value = source_mediums.utm_source
    left join utm_values as mediums
        on
            mediums.parameter = 'utm_medium'
            and written_pairs.utm_medium = mediums.utm_value
    group by
        written_pairs.utm_source,
        written_pairs.utm_medium

)

select * from utm_mediums
