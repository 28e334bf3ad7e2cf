{# The longest span of days that a cost is spread over, a hundred years: a longer one is a
   typing error in its end date. #}
{% macro max_spend_days() -%}
    36525
{%- endmacro %}
