-- Grain: one row per lead that was merged away, with the lead that is left of it.
-- A chain of merges is followed to its end.

with recursive

activities as (

    select
        trim(lead_id) as lead_id,
        merge_ids
    from {{ source('marketo', 'activity_merge_leads') }}

),

listed_merges as (

    select
        {{ listed_id('activities.merge_ids', 'numbers.number') }} as lead_id,
        activities.lead_id as next_id
    from activities
    inner join range({{ max_listed_ids() }}) as numbers (number)
        on {{ listed_id_count('activities.merge_ids') }} > numbers.number

),

merge_pairs as (

    select * from listed_merges
    where lead_id != next_id

),

{{ walks('merge_pairs', 'lead_id', 'next_id') }},

merged_away as (

    select lead_id
    from merge_pairs
    group by lead_id

),

merged_leads as (

    select
        {{ source_key('marketo', 'walks.start_id') }} as person_record_id,
        'marketo' as source,
        walks.start_id as record_id,
        {{ source_key('marketo', 'walks.reached_id') }} as merged_into_record_id
    from walks
    left join merged_away on walks.reached_id = merged_away.lead_id
    where merged_away.lead_id is null
    qualify
        row_number() over (
            partition by walks.start_id order by walks.reached_id
        ) = 1

)

select * from merged_leads
