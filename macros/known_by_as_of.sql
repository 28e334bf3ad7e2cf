{# Whether what carries this UTC timestamp had happened by as_of; without a time it had. #}
{% macro known_by_as_of(moment) -%}
    coalesce({{ moment }} <= {{ as_of() }}, true)
{%- endmacro %}
