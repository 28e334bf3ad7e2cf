{# Whether a month is the last whole one before as_of's. #}
{% macro is_last_month(month) -%}
    {{ month }} = date_trunc('month', {{ reporting_date(as_of()) }})
        - interval '1' month
{%- endmacro %}
