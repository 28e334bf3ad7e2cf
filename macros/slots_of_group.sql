{# Of how many half-lives points are summed up in one go. #}
{% macro slots_of_group() -%}
    {{ return(6) }}
{%- endmacro %}
