-- Grain: one row per contact that was merged away, with the contact that is left of it.
-- The audit tells of a merge, and so does the survivor's own list in either form; a
-- chain of merges is followed to its end.

with recursive

contacts as (

    select
        trim(id) as contact_id,
        concat_ws(
            ';', property_hs_merged_object_ids, property_hs_calculated_merged_vids
        ) as merged_ids
    from {{ source('hubspot', 'contact') }}

),

audited_merges as (

    select
        trim(vid_to_merge) as contact_id,
        trim(canonical_vid) as next_id
    from {{ source('hubspot', 'contact_merge_audit') }}

),

listed_merges as (

    select
        {{ listed_id('contacts.merged_ids', 'numbers.number') }} as contact_id,
        contacts.contact_id as next_id
    from contacts
    inner join range({{ max_listed_ids() }}) as numbers (number)
        on {{ listed_id_count('contacts.merged_ids') }} > numbers.number
    where contacts.merged_ids != ''

),

merge_pairs as (

    select * from audited_merges
    where contact_id != next_id
    union
    select * from listed_merges
    where contact_id != next_id

),

{{ walks('merge_pairs', 'contact_id', 'next_id') }},

merged_away as (

    select contact_id
    from merge_pairs
    group by contact_id

),

merged_contacts as (

    select
        {{ source_key('hubspot', 'walks.start_id') }} as person_record_id,
        'hubspot' as source,
        walks.start_id as record_id,
        {{ source_key('hubspot', 'walks.reached_id') }} as merged_into_record_id
    from walks
    left join merged_away on walks.reached_id = merged_away.contact_id
    left join contacts on walks.reached_id = contacts.contact_id
    where merged_away.contact_id is null
    qualify
        row_number() over (
            partition by walks.start_id
            order by (contacts.contact_id is null) asc, walks.reached_id asc
        ) = 1

)

select * from merged_contacts
