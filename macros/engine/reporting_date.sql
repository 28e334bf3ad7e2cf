{# The calendar date of a UTC timestamp in the reporting time zone. #}
{% macro reporting_date(moment) -%}
    {{ return(adapter.dispatch('reporting_date')(moment)) }}
{%- endmacro %}

{# Where the zone is UTC, DuckDB converts nothing: twice a row that takes longer than the
   join which it stands in. #}
{% macro default__reporting_date(moment) -%}
    {%- if var('reporting_time_zone') == 'UTC' -%}
        cast({{ moment }} as date)
    {%- else -%}
        cast(({{ moment }} at time zone 'UTC') at time zone '{{ var("reporting_time_zone") }}' as date)
    {%- endif -%}
{%- endmacro %}

{% macro spark__reporting_date(moment) -%}
    cast(from_utc_timestamp({{ moment }}, '{{ var("reporting_time_zone") }}') as date)
{%- endmacro %}
