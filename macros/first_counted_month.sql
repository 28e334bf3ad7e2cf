{# The first of the most_months() that are counted one by one up to as_of's. #}
{% macro first_counted_month() -%}
    cast(
        date_trunc('month', {{ reporting_date(as_of()) }})
        - ({{ most_months() }} - 1) * interval '1' month as date
    )
{%- endmacro %}
