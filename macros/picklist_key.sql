{# A spelling as picklists compare it: lower case, single spaces, none at the ends. #}
{% macro picklist_key(column) -%}
    lower(trim(regexp_replace({{ column }}, '[ _]+', ' '{{ regexp_global() }})))
{%- endmacro %}
