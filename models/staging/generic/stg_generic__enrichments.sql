-- Grain: one row per delivery of facts by a vendor, as landed.

with

enrichments as (

    select * from {{ source('generic', 'enrichments') }}

),

renamed as (

    select
        'generic' as source,
        {{ normalise_domain('domain') }} as domain,
        {{ normalise_email('email') }} as email,
        {{ clean_text('industry') }} as industry,
        employee_count,
        annual_revenue,
        {{ clean_text('country') }} as country,
        {{ clean_text('vendor') }} as vendor,
        enriched_at
    from enrichments

)

select * from renamed
