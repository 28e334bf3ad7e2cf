-- Grain: one row per step of a campaign's deployment, as landed.

with

campaign_steps as (

    select * from {{ source('generic', 'campaign_steps') }}

),

renamed as (

    select
        {{ source_key('generic', 'campaign_id') }} as campaign_id,
        {{ source_key('generic', 'assignee_id') }} as assignee_id,
        'generic' as source,
        {{ snake_case('step') }} as step,
        started_at,
        completed_at
    from campaign_steps

)

select * from renamed
