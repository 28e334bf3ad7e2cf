{# How many places a list of ids has, empty ones too. #}
{% macro listed_id_count(id_list) -%}
    length({{ id_list }}) - length(
        replace(replace({{ id_list }}, ',', ''), ';', '')
    ) + 1
{%- endmacro %}
