-- Grain: one row per company that was merged away, with the company that is left of it.
-- The survivor's own list tells it; a chain of merges is followed to its end.

with recursive

companies as (

    select
        trim(id) as company_id,
        property_hs_merged_object_ids as merged_ids
    from {{ source('hubspot', 'company') }}

),

listed_merges as (

    select
        {{ listed_id('companies.merged_ids', 'numbers.number') }} as company_id,
        companies.company_id as next_id
    from companies
    inner join range({{ max_listed_ids() }}) as numbers (number)
        on {{ listed_id_count('companies.merged_ids') }} > numbers.number

),

merge_pairs as (

    select * from listed_merges
    where company_id != next_id

),

{{ walks('merge_pairs', 'company_id', 'next_id') }},

merged_away as (

    select company_id
    from merge_pairs
    group by company_id

),

merged_companies as (

    select
        {{ source_key('hubspot', 'walks.start_id') }} as account_record_id,
        'hubspot' as source,
        walks.start_id as record_id,
        {{ source_key('hubspot', 'walks.reached_id') }} as merged_into_record_id
    from walks
    left join merged_away on walks.reached_id = merged_away.company_id
    where merged_away.company_id is null
    qualify
        row_number() over (
            partition by walks.start_id order by walks.reached_id
        ) = 1

)

select * from merged_companies
