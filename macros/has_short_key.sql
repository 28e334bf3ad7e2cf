{# Whether a reference to a record, in either form of a Salesforce id, has a short key. #}
{% macro has_short_key(reference, short_key) -%}
    left({{ reference }}, 26) = {{ short_key }}
        and length({{ reference }}) in (26, 29)
{%- endmacro %}
