-- Grain: one row per measurement of a company's interest in a topic, as landed.

with

intent_signals as (

    select * from {{ source('generic', 'intent_signals') }}

),

renamed as (

    select
        'generic' as source,
        {{ normalise_domain('domain') }} as domain,
        {{ clean_text('topic') }} as topic,
        score,
        {{ clean_text('vendor') }} as vendor,
        observed_on
    from intent_signals

)

select * from renamed
