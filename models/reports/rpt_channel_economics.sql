-- Grain: one row per fiscal quarter and channel: what it cost, fully loaded, and what
-- that brought by the default attribution model.

with

channel_months as (

    select
        *,
        {{ fiscal_quarter_start('month') }} as quarter_start
    from {{ ref('fct_channel_months') }}

),

channel_quarters as (

    select
        quarter_start,
        channel,
        {{ economics_sums() }}
    from channel_months
    group by
        quarter_start,
        channel

),

channel_economics as (

    select
        quarter_start,
        channel,
        coalesce(
            quarter_start = {{ fiscal_quarter_start(reporting_date(as_of())) }},
            false
        ) as is_current,
        {{ economics_ratios() }}
    from channel_quarters

)

select * from channel_economics
