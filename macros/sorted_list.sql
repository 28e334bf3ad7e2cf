{# The values of a group in one text: sorted, with commas between them. #}
{% macro sorted_list(value) -%}
    {{ return(adapter.dispatch('sorted_list')(value)) }}
{%- endmacro %}

{% macro default__sorted_list(value) -%}
    string_agg({{ value }}, ',' order by {{ value }})
{%- endmacro %}

{% macro spark__sorted_list(value) -%}
    array_join(array_sort(collect_list({{ value }})), ',')
{%- endmacro %}
