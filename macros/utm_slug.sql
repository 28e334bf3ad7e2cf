{# A UTM value as a rule of structure would have it: lower case, and one hyphen for
   whatever is neither letter, digit, hyphen nor underscore. #}
{% macro utm_slug(column) -%}
    regexp_replace(
        regexp_replace(lower({{ column }}), '[^a-z0-9_-]+', '-'{{ regexp_global() }}),
        '^[-_]+|[-_]+$', ''{{ regexp_global() }}
    )
{%- endmacro %}
