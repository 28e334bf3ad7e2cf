{# A figure as a text that is read beside its limit: a rate in per cent with one decimal,
   any other with two. It is cut towards the side that misses, so that what reads like the
   limit keeps to it. #}
{% macro figure_beside_limit(figure, unit, bound) -%}
    {#- A double may lie a hair below the decimal that is meant. -#}
    {%- set scaled -%}
        round(case when {{ unit }} = 'rate' then 1000 else 100 end * {{ figure }}, 6)
    {%- endset -%}
    {%- set whole -%}
        case
            when {{ bound }} = 'minimum' then floor({{ scaled }}) else ceil({{ scaled }})
        end
    {%- endset -%}
    case
        when {{ unit }} = 'rate'
            then regexp_replace(
                cast(cast({{ whole }} / 10 as decimal(28, 1)) as string), '[.]?0+$', ''
            ) || ' %'
        else regexp_replace(
            cast(cast({{ whole }} / 100 as decimal(28, 2)) as string), '[.]?0+$', ''
        )
    end
{%- endmacro %}
