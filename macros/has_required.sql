{# Whether a row of a mart has each column that another relation's one row has as true. #}
{% macro has_required(relation, required, model_name) -%}
    {%- for column in published_columns(model_name) -%}
    {{ ' and ' if not loop.first }}case
        when {{ required }}.{{ column }}
            then {{ published_text(relation ~ '.' ~ column) }} != ''
        else true
    end
    {%- endfor %}
{%- endmacro %}
