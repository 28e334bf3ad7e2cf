{# How many days from Monday to Friday there are from Monday, 1 January 1900, up to and
   with a date. Two of them subtracted count the weekdays between. #}
{% macro weekday_number(date_column) -%}
    {%- set days = dbt.datediff("cast('1900-01-01' as date)", date_column, 'day') -%}
    cast(floor(({{ days }}) / 7e0) as integer) * 5
        + least(cast(mod({{ days }}, 7) as integer) + 1, 5)
{%- endmacro %}
