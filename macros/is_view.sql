{# Whether a relation, or what a test is given in its place, is a view. #}
{% macro is_view(relation) -%}
    {%- if not execute or relation is string -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set found = load_relation(relation) -%}
    {{ return(found is not none and found.is_view) }}
{%- endmacro %}
