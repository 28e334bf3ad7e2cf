{# Minutes from midnight to a time of day written HH:MM, which may be 24:00. #}
{% macro minute_of_day(time_of_day) -%}
    cast(substring({{ time_of_day }}, 1, 2) as integer) * 60
        + cast(substring({{ time_of_day }}, 4, 2) as integer)
{%- endmacro %}
