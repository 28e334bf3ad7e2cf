{# Part of a metric as a decimal, whose sums come out the same in any order. #}
{% macro metric_part(part) -%}
    cast({{ part }} as decimal(38, 10))
{%- endmacro %}
