-- Grain: one row per touch whose link holds personal data, with what is shown instead.

with

utm_parameters as (

    select
        touchpoint_id,
        parameter,
        utm_value
    from {{ ref('int_campaigns__utm_parameters') }}

),

utm_values as (

    select
        parameter,
        utm_value,
        shown_value
    from {{ ref('int_campaigns__utm_values') }}
    where is_personal

),

masked_links as (

    select
        utm_parameters.touchpoint_id,
        max(
            case
                when utm_values.parameter = 'utm_source' then utm_values.shown_value
            end
        ) as utm_source,
        max(
            case
                when utm_values.parameter = 'utm_medium' then utm_values.shown_value
            end
        ) as utm_medium,
        max(
            case
                when utm_values.parameter = 'utm_campaign' then utm_values.shown_value
            end
        ) as utm_campaign
    from utm_parameters
    inner join utm_values
        on
            utm_parameters.parameter = utm_values.parameter
            and utm_parameters.utm_value = utm_values.utm_value
    group by utm_parameters.touchpoint_id

)

select * from masked_links
