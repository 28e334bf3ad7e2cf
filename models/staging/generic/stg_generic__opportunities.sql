-- Grain: one row per opportunity.
-- Won means closed, and so does a closing time where the source has no flag. A bare
-- close date is a day of the reporting time zone, and begins at midnight there.

with

opportunities as (

    select * from {{ source('generic', 'opportunities') }}

),

renamed as (

    select
        {{ source_key('generic', 'opportunity_id') }} as opportunity_id,
        'generic' as source,
        trim(opportunity_id) as record_id,
        {{ source_key('generic', 'account_id') }} as account_record_id,
        {{ source_key('generic', 'primary_campaign_id') }} as primary_campaign_id,
        {{ source_key('generic', 'owner_id') }} as owner_id,
        {{ clean_text('name') }} as opportunity_name,
        {{ clean_text('stage') }} as stage_name,
        coalesce(
            {{ snake_case('opportunity_type') }},
            lower({{ clean_text('opportunity_type') }})
        ) as opportunity_type,
        {{ clean_text('lead_source') }} as lead_source,
        amount,
        upper({{ clean_text('currency') }}) as currency,
        probability,
        coalesce(is_won, false)
        or coalesce(is_closed, closed_at is not null) as is_closed,
        coalesce(is_won, false) as is_won,
        coalesce(is_deleted, false) as is_deleted,
        created_at,
        close_date,
        case
            when coalesce(is_won, false) or coalesce(is_closed, closed_at is not null)
                then coalesce(closed_at, {{ reporting_midnight('close_date') }})
        end as closed_at
    from opportunities

)

select * from renamed
