-- Grain: one row per domain and per e-mail address that a vendor was asked about: the
-- latest answer to each field that is not empty. An answer that names both tells of the
-- person by the address and of the account by the domain.

with

enrichments as (

    select
        email,
        domain,
        industry,
        employee_count,
        annual_revenue,
        country,
        vendor,
        enriched_at
    from {{ ref('stg_generic__enrichments') }}
    where enriched_at <= {{ as_of() }}

),

keyed_enrichments as (

    select
        email as enriched_key,
        industry,
        employee_count,
        annual_revenue,
        country,
        vendor,
        enriched_at
    from enrichments
    where email is not null
    union all
    select
        domain as enriched_key,
        industry,
        employee_count,
        annual_revenue,
        country,
        vendor,
        enriched_at
    from enrichments
    where domain is not null

),

ranked_enrichments as (

    -- A field's own value comes last, so that what stands never hangs on the others.
    select
        enriched_key,
        industry,
        employee_count,
        annual_revenue,
        country,
        enriched_at,
        row_number() over (
            partition by enriched_key
            order by
                (industry is null) asc,
                enriched_at desc,
                vendor asc nulls last,
                industry asc
        ) as industry_rank,
        row_number() over (
            partition by enriched_key
            order by
                (employee_count is null) asc,
                enriched_at desc,
                vendor asc nulls last,
                employee_count desc
        ) as employee_count_rank,
        row_number() over (
            partition by enriched_key
            order by
                (annual_revenue is null) asc,
                enriched_at desc,
                vendor asc nulls last,
                annual_revenue desc
        ) as annual_revenue_rank,
        row_number() over (
            partition by enriched_key
            order by
                (country is null) asc,
                enriched_at desc,
                vendor asc nulls last,
                country asc
        ) as country_rank
    from keyed_enrichments

),

latest_enrichments as (

    select
        enriched_key,
        max(case when industry_rank = 1 then industry end) as industry,
        max(case when employee_count_rank = 1 then employee_count end)
            as employee_count,
        max(case when annual_revenue_rank = 1 then annual_revenue end)
            as annual_revenue,
        max(case when country_rank = 1 then country end) as country,
        max(enriched_at) as enriched_at
    from ranked_enrichments
    group by enriched_key

)

select * from latest_enrichments
