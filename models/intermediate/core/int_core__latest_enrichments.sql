-- Grain: one row per enriched domain or e-mail address, the latest answer of a vendor.

with

enrichments as (

    select
        coalesce(email, domain) as enriched_key,
        industry,
        employee_count,
        annual_revenue,
        country,
        enriched_at,
        row_number() over (
            partition by coalesce(email, domain)
            order by
                enriched_at desc,
                vendor asc,
                employee_count desc,
                annual_revenue desc,
                industry asc,
                country asc
        ) as recency_rank
    from {{ ref('stg_generic__enrichments') }}
    where coalesce(email, domain) is not null and enriched_at <= {{ as_of() }}

),

latest_enrichments as (

    select
        enriched_key,
        industry,
        employee_count,
        annual_revenue,
        country,
        enriched_at
    from enrichments
    where recency_rank = 1

)

select * from latest_enrichments
