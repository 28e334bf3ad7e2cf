{# The UTC timestamp at which a calendar date begins in the reporting time zone. #}
{% macro reporting_midnight(day) -%}
    {{ return(adapter.dispatch('reporting_midnight')(day)) }}
{%- endmacro %}

{% macro default__reporting_midnight(day) -%}
    {%- if var('reporting_time_zone') == 'UTC' -%}
        cast({{ day }} as timestamp)
    {%- else -%}
        (cast({{ day }} as timestamp) at time zone '{{ var("reporting_time_zone") }}') at time zone 'UTC'
    {%- endif -%}
{%- endmacro %}

{% macro spark__reporting_midnight(day) -%}
    to_utc_timestamp(cast({{ day }} as timestamp), '{{ var("reporting_time_zone") }}')
{%- endmacro %}
