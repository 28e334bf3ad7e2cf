{# The UTC timestamp at which clocks in a time zone show a local timestamp. An hour that is
   skipped in spring counts as the one after it. #}
{% macro utc_moment(local_moment, time_zone) -%}
    {{ return(adapter.dispatch('utc_moment')(local_moment, time_zone)) }}
{%- endmacro %}

{% macro default__utc_moment(local_moment, time_zone) -%}
    (({{ local_moment }}) at time zone {{ time_zone }}) at time zone 'UTC'
{%- endmacro %}

{% macro spark__utc_moment(local_moment, time_zone) -%}
    to_utc_timestamp({{ local_moment }}, {{ time_zone }})
{%- endmacro %}
