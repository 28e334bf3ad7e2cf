{# Whether a policy row holds at as_of, by the calendar of the reporting time zone. #}
{% macro in_force() -%}
    effective_from <= {{ reporting_date(as_of()) }}
        and coalesce(effective_to, cast('9999-12-31' as date))
        > {{ reporting_date(as_of()) }}
{%- endmacro %}
