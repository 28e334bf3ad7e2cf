-- Grain: one row per closing, metric, attribution model and channel, as reported.

with

closed_figures as (

    select * from {{ source('raw_meta', 'closed_figures') }}

),

renamed as (

    select
        closing_id,
        metric,
        attribution_model,
        channel,
        reported
    from closed_figures

)

select * from renamed
