{# Whether a touch may earn credit: marketing's, and sales' where the var lets it in. #}
{% macro is_creditable() -%}
    (is_marketing or (is_sales and {{ var('attribution_include_sales_touches') }}))
{%- endmacro %}
