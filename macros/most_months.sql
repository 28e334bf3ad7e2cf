{# The most months that are counted one by one, a hundred years: an older one comes from a
   typing error in a date, and counts as the first of them. #}
{% macro most_months() -%}
    1200
{%- endmacro %}
