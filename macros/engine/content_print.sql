{# A number that stands for the content of some columns of a row: other content, other
   number. It may differ from engine to engine, and is kept by one alone. #}
{% macro content_print(columns) -%}
    {{ return(adapter.dispatch('content_print')(columns)) }}
{%- endmacro %}

{% macro default__content_print(columns) -%}
    cast(hash({{ columns | join(', ') }}) >> 1 as bigint)
{%- endmacro %}

{% macro spark__content_print(columns) -%}
    xxhash64({{ columns | join(', ') }})
{%- endmacro %}
