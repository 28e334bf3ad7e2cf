{# Points as decimals, whose sums come out the same in any order. #}
{% macro exact_points(points) -%}
    cast({{ points }} as decimal(28, 12))
{%- endmacro %}
