{# Lower-case address without blanks or a mailto: prefix; what is no address is null. #}
{% macro normalise_email(column) -%}
    nullif(
        regexp_extract(
            regexp_replace(lower(trim({{ column }})), '^mailto:', ''),
            '^[^@ ,;<>]+@[a-z0-9.-]+[.][a-z]{2,}$', 0
        ), ''
    )
{%- endmacro %}
