{# The number that the given column of a person or account holds; null for others. #}
{% macro attribute_number(column_name, attributes) -%}
    case {{ column_name }}
        when 'annual_revenue_usd'
            then cast({{ attributes }}.annual_revenue_usd as double)
        when 'employee_count' then cast({{ attributes }}.employee_count as double)
    end
{%- endmacro %}
