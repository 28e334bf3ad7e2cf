{# Whether a month is one of the twelve whole ones before as_of's. #}
{% macro is_past_year(month) -%}
    {{ month }} < date_trunc('month', {{ reporting_date(as_of()) }})
        and {{ month }} >= date_trunc('month', {{ reporting_date(as_of()) }})
        - interval '12' month
{%- endmacro %}
