{# Whether a reference to a record, in either form of a Salesforce id, has a short key.
   One equality: a second condition would keep a left join from being hashed. #}
{% macro has_short_key(reference, short_key) -%}
    case
        when length({{ reference }}) in (26, 29) then left({{ reference }}, 26)
    end = {{ short_key }}
{%- endmacro %}
