{# A moment some whole date parts later, to the microsecond, as on DuckDB: dbt-spark's own
   drops the fraction of the second, and raises an error where the moment is null. #}
{% macro spark__dateadd(datepart, interval, from_date_or_timestamp) -%}
    timestampadd({{ datepart }}, cast({{ interval }} as integer), {{ from_date_or_timestamp }})
{%- endmacro %}
