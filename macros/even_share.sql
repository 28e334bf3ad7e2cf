{# What one day gets of a total that is spread evenly over day_count days. #}
{% macro even_share(total, day_number, day_count, data_type, digits) -%}
    {{ share_part(
        total, '(' ~ day_number ~ ' - 1)', day_number, day_count, data_type, digits
    ) }}
{%- endmacro %}
