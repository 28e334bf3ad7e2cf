-- Grain: one row per program.
-- A program is what others call a campaign; Marketo's own campaigns are its steps.

with

programs as (

    select * from {{ source('marketo', 'program') }}
    where not coalesce(_fivetran_deleted, false)

),

channels as (

    select channel
    from {{ ref('channels') }}

),

renamed as (

    select
        {{ source_key('marketo', 'programs.id') }} as campaign_id,
        'marketo' as source,
        trim(programs.id) as record_id,
        cast(null as string) as parent_campaign_id,
        cast(null as string) as owner_id,
        {{ clean_text('programs.name') }} as campaign_name,
        -- A program's channel is free text; one that is no channel of ours is a type,
        -- which the channel rules read.
        channels.channel,
        coalesce(
            {{ clean_text('programs.channel') }}, {{ clean_text('programs.type') }}
        ) as campaign_type,
        {{ clean_text('programs.status') }} as status,
        cast(null as string) as utm_campaign,
        cast(programs.start_date as date) as start_date,
        cast(programs.end_date as date) as end_date,
        cast(null as decimal(28, 6)) as budget,
        cast(null as string) as currency
    from programs
    left join channels
        on {{ snake_case('programs.channel') }} = channels.channel

)

select * from renamed
