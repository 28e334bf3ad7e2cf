{# The moment that "current" means, as a UTC timestamp. A date means the end of that day. #}
{% macro as_of() -%}
    {%- set moment = var('as_of') | string | trim -%}
    {%- if moment == 'now' -%}
        {{ run_started() }}
    {%- elif moment | length == 10 -%}
        cast('{{ moment }} 23:59:59.999999' as timestamp)
    {%- else -%}
        cast('{{ moment.replace("T", " ").replace("Z", "") }}' as timestamp)
    {%- endif -%}
{%- endmacro %}
