{# First day of the fiscal quarter that holds a date, by fiscal_year_start_month. #}
{% macro fiscal_quarter_start(day) -%}
    {%- set shift = (var('fiscal_year_start_month') | int - 1) % 3 -%}
    cast(
        date_trunc('quarter', {{ day }} - interval '{{ shift }}' month)
        + interval '{{ shift }}' month as date
    )
{%- endmacro %}
