-- Every source of people is in mql_sources: of one that is missing nobody would know
-- whether it declares MQLs, and none would be made.

with

person_records as (

    select source
    from {{ ref('bridge_person_records') }}
    group by source

),

mql_sources as (

    select source
    from {{ ref('mql_sources') }}

),

missing_sources as (

    select person_records.source
    from person_records
    left join mql_sources
        on person_records.source = mql_sources.source
    where mql_sources.source is null

)

select * from missing_sources
