{# How an incremental model takes new journeys: Spark deletes no rows of Parquet files, so
   that all of them are written anew. #}
{% macro journeys_strategy() -%}
    {{ return(adapter.dispatch('journeys_strategy')()) }}
{%- endmacro %}

{% macro default__journeys_strategy() -%}
    {{ return('append') }}
{%- endmacro %}

{% macro spark__journeys_strategy() -%}
    {{ return('insert_overwrite') }}
{%- endmacro %}
