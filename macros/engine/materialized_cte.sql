{# The word that has an engine compute a CTE once, where it has one. DuckDB's planner
   takes exponential time over windows nested many times, unless each stands by itself. #}
{% macro materialized_cte() -%}
    {{ return(adapter.dispatch('materialized_cte')()) }}
{%- endmacro %}

{% macro default__materialized_cte() -%}
    materialized
{%- endmacro %}

{% macro spark__materialized_cte() -%}
{%- endmacro %}
