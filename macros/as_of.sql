{# The moment that "current" means, as a UTC timestamp. A date means the end of that day. #}
{% macro as_of() -%}
    {%- set moment = var('as_of') | string | trim -%}
    {%- if moment == 'now' -%}
        {{ run_started() }}
    {%- elif not modules.re.match(
        '[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}:[0-9.]+Z?)?$', moment
    ) -%}
        {{ exceptions.raise_compiler_error(
            "as_of is no date: " ~ moment ~ "; give YYYY-MM-DD, or now"
        ) }}
    {%- elif moment | length == 10 -%}
        cast('{{ moment }} 23:59:59.999999' as timestamp)
    {%- else -%}
        cast('{{ moment.replace("T", " ").replace("Z", "") }}' as timestamp)
    {%- endif -%}
{%- endmacro %}
