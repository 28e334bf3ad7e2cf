{# The columns that are null somewhere, each with in how many rows. One test a relation,
   and its columns one text: dbt takes longer over a test, and over each text that it is
   given, than DuckDB over a column. #}
{% test never_null(model, columns) %}
{%- set names = columns.split(', ') %}

with

counted as (

    select
        {%- for name in names %}
        count(*) - count({{ name }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ model }}

)
{% for name in names %}
select
    '{{ name }}' as column_name,
    {{ name }} as null_rows
from counted
where {{ name }} > 0
{% if not loop.last -%} union all {%- endif -%}
{% endfor %}

{% endtest %}
