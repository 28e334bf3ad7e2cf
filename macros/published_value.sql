{# The value of the field that another column names, as trimmed text: empty where the
   relation's row lacks it, null where the model publishes no such field. #}
{% macro published_value(field, relation, model_name) -%}
    case {{ field }}
        {%- for column in published_columns(model_name) %}
        when '{{ column }}'
            then {{ published_text(relation ~ '.' ~ column) }}
        {%- endfor %}
    end
{%- endmacro %}
