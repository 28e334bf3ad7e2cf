{# How often the boundary of a date part is crossed between two moments, as on DuckDB:
   dbt-spark's own raises an error where one of them is null. #}
{% macro spark__datediff(first_date, second_date, datepart) -%}
    {%- set seconds = {'hour': 3600, 'minute': 60, 'second': 1} -%}
    {%- set months = {'year': 12, 'quarter': 3, 'month': 1} -%}
    {%- if datepart == 'day' -%}
        datediff({{ second_date }}, {{ first_date }})
    {%- elif datepart == 'microsecond' -%}
        (unix_micros(cast({{ second_date }} as timestamp))
        - unix_micros(cast({{ first_date }} as timestamp)))
    {%- elif datepart in seconds -%}
        (floor(unix_seconds(cast({{ second_date }} as timestamp)) / {{ seconds[datepart] }})
        - floor(unix_seconds(cast({{ first_date }} as timestamp)) / {{ seconds[datepart] }}))
    {%- elif datepart in months -%}
        (floor((12 * year({{ second_date }}) + month({{ second_date }}) - 1) / {{ months[datepart] }})
        - floor((12 * year({{ first_date }}) + month({{ first_date }}) - 1) / {{ months[datepart] }}))
    {%- else -%}
        {{ exceptions.raise_compiler_error('datediff by ' ~ datepart ~ ' is not written for Spark') }}
    {%- endif -%}
{%- endmacro %}
