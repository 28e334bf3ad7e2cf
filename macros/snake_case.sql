{# Free text as a lower snake case name: "Paid Search" and "paid-search" are paid_search. #}
{% macro snake_case(column) -%}
    nullif(
        regexp_replace(
            regexp_replace(lower(trim({{ column }})), '[^a-z0-9]+', '_'{{ regexp_global() }}),
            '^_+|_+$', ''{{ regexp_global() }}
        ), ''
    )
{%- endmacro %}
