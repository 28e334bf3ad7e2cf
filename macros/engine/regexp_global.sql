{# The argument that makes regexp_replace replace every match; Spark always does. #}
{% macro regexp_global() -%}
    {{ return(adapter.dispatch('regexp_global')()) }}
{%- endmacro %}

{% macro default__regexp_global() -%}
    , 'g'
{%- endmacro %}

{% macro spark__regexp_global() -%}
{%- endmacro %}
