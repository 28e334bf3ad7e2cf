{#-
    What a day of an account's total keeps beside its campaigns: the report's total less
    what is told, spread as the total is, rounded so that the days add up to it exactly.
    Reads total_days, told_days and the windows reports and days of its caller.
-#}
{% macro remainder_share(measure, type, scale) -%}
    {%- set total = 'sum(total_days.' ~ measure ~ ') over reports' -%}
    {%- set told = 'coalesce(sum(told_days.' ~ measure ~ ') over reports, 0)' -%}
    {%- set up_to_day = 'sum(total_days.' ~ measure ~ ') over days' -%}
    {%- set kept = (
        'coalesce(cast(greatest(' ~ total ~ ' - ' ~ told ~ ', least(' ~ total
        ~ ', 0)) as double) / nullif(cast(' ~ total ~ ' as double), 0), 1)'
    ) -%}
    cast(
        round(cast({{ up_to_day }} as double) * {{ kept }}, {{ scale }})
        - round(
            cast({{ up_to_day }} - total_days.{{ measure }} as double) * {{ kept }},
            {{ scale }}
        )
        as {{ type }}
    )
{%- endmacro %}
