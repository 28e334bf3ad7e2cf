{#-
    What a day of a total keeps beside what is told of it: the total of its report less
    that, not below nothing, spread as the total is and rounded so that the days add up
    to it. A credit stays where nothing is told of it.
    Reads costs, told_days and the windows reports and days of its caller.
-#}
{% macro remainder_share(measure, type, scale) -%}
    {%- set total = '(sum(costs.' ~ measure ~ ') over reports)' -%}
    {%- set told = 'coalesce(sum(told_days.' ~ measure ~ ') over reports, 0)' -%}
    {%- set up_to_day = '(sum(costs.' ~ measure ~ ') over days)' -%}
    {%- set kept = (
        'coalesce(cast(greatest(' ~ total ~ ' - ' ~ told ~ ', least(' ~ total
        ~ ', 0)) as double) / nullif(cast(' ~ total ~ ' as double), 0), 1)'
    ) -%}
    cast(
        {{ rounded('cast(' ~ up_to_day ~ ' as double) * ' ~ kept, scale) }}
        - {{ rounded(
            'cast(' ~ up_to_day ~ ' - costs.' ~ measure ~ ' as double) * ' ~ kept, scale
        ) }}
        as {{ type }}
    )
{%- endmacro %}
