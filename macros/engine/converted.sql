{# An amount in the reporting currency, by a rate: to a number of digits, a half away from
   zero. #}
{% macro converted(amount, rate, precision, digits) -%}
    {{ return(adapter.dispatch('converted')(amount, rate, precision, digits)) }}
{%- endmacro %}

{% macro default__converted(amount, rate, precision, digits) -%}
    cast({{ amount }} * {{ rate }} as decimal({{ precision }}, {{ digits }}))
{%- endmacro %}

{# Spark would go by the shortest spelling of the double that the product is, and find
   halves where there are none. #}
{% macro spark__converted(amount, rate, precision, digits) -%}
    cast(
        cast(round({{ amount }} * {{ rate }} * 1e{{ digits }}, 0) as decimal(28, 0))
        * cast(1e-{{ digits }} as decimal({{ digits + 1 }}, {{ digits }}))
        as decimal({{ precision }}, {{ digits }})
    )
{%- endmacro %}
