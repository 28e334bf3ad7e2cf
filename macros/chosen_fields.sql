{# The columns of golden records, from rows of field and field_value. #}
{% macro chosen_fields(entity) -%}
    {%- set numbers = golden_numbers() -%}
    {%- for field in golden_fields(entity) -%}
    {%- set chosen = "max(field_value) filter (where field = '" ~ field ~ "')" -%}
    {%- if field in numbers -%}
    cast({{ chosen }} as {{ numbers[field] }}) as {{ field }}
    {%- else -%}
    {{ chosen }} as {{ field }}
    {%- endif -%}
    {{- ',\n        ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
