{# First day of the month of a UTC timestamp in the reporting time zone. #}
{% macro reporting_month(moment) -%}
    cast(date_trunc('month', {{ reporting_date(moment) }}) as date)
{%- endmacro %}
