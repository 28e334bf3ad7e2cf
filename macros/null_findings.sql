{# Each of the columns that is null somewhere, with in how many rows, as the CTE
   null_findings and the one that it reads. #}
{% macro null_findings(model, columns) -%}
{%- set names = columns.split(', ') -%}
counted as (

    select
        {%- for name in names %}
        count(*) - count({{ name }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ model }}

),

null_findings as (
    {% for name in names %}
    select
        '{{ name }} is null' as finding,
        {{ name }} as row_count
    from counted
    where {{ name }} > 0
    {% if not loop.last -%} union all {%- endif -%}
    {% endfor %}

)
{%- endmacro %}
