{# A campaign's name without what differs between systems: case, and what parts words. #}
{% macro campaign_name_key(name) -%}
    nullif(
        regexp_replace(
            lower(trim({{ name }})), '[ _.,;:|/-]+', '-'{{ regexp_global() }}
        ), ''
    )
{%- endmacro %}
