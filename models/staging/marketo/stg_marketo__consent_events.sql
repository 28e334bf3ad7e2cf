-- Grain: one row per change of a lead's wish about e-mail.
-- Setting the flag back is a choice only where it was set before.

with

changes as (

    select
        lead_id,
        lower(trim(old_value)) in ('true', '1') as was_unsubscribed,
        lower(trim(new_value)) in ('true', '1') as is_unsubscribed,
        {{ clean_text('reason') }} as reason,
        activity_date
    from {{ source('marketo', 'activity_change_data_value') }}
    where
        lower(trim(primary_attribute_value)) = 'unsubscribed'
        and activity_date is not null

),

consent_events as (

    select
        {{ source_key('marketo', 'lead_id') }} as person_record_id,
        'marketo' as source,
        cast(null as string) as email,
        'email' as channel,
        'all' as purpose,
        case when is_unsubscribed then 'opt_out' else 'opt_in' end as status,
        cast(null as string) as lawful_basis,
        coalesce(reason, 'unsubscribed') as evidence,
        activity_date as occurred_at
    from changes
    where is_unsubscribed or was_unsubscribed

)

select * from consent_events
