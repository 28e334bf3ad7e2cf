{# A share as a decimal, whose sums come out the same in any order. #}
{% macro exact_share(share) -%}
    cast({{ share }} as decimal(38, 18))
{%- endmacro %}
