{# A number that stands for a key, for joins of large tables; null for none. That no two
   keys share a number is tested where the numbers are kept. #}
{% macro number_key(column) -%}
    case when {{ column }} is not null then {{ content_print([column]) }} end
{%- endmacro %}
