-- Grain: one row per e-mail that Marketo sent.
-- Marketo logs what it does itself and nothing that a rep does, so none of its
-- activities is the answer of a person.

with

sent_emails as (

    select * from {{ source('marketo', 'activity_send_email') }}

),

renamed as (

    select
        {{ source_key('marketo', 'id') }} as activity_id,
        'marketo' as source,
        {{ source_key('marketo', 'lead_id') }} as person_record_id,
        cast(null as string) as opportunity_id,
        cast(null as string) as user_id,
        'auto_email' as activity_type,
        'outbound' as direction,
        activity_date as occurred_at
    from sent_emails

)

select * from renamed
