{# The calendar date of a UTC timestamp in the reporting time zone. #}
{% macro reporting_date(moment) -%}
    {{ return(adapter.dispatch('reporting_date')(moment)) }}
{%- endmacro %}

{% macro default__reporting_date(moment) -%}
    cast(({{ moment }} at time zone 'UTC') at time zone '{{ var("reporting_time_zone") }}' as date)
{%- endmacro %}

{% macro spark__reporting_date(moment) -%}
    cast(from_utc_timestamp({{ moment }}, '{{ var("reporting_time_zone") }}') as date)
{%- endmacro %}
