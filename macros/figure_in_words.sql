{# A figure of a metric as a text: a rate in per cent, money in whole units, a count with
   one decimal; 'none' where there is none. #}
{% macro figure_in_words(figure, kind) -%}
    coalesce(case
        when {{ kind }} = 'rate'
            then cast(cast(round(100 * {{ figure }}) as bigint) as string) || ' %'
        when {{ kind }} = 'count'
            then cast(cast({{ figure }} as decimal(28, 1)) as string)
        else cast(cast(round({{ figure }}) as bigint) as string)
            || ' {{ var("reporting_currency") }}'
    end, 'none')
{%- endmacro %}
