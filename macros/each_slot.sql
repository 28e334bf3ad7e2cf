{# An expression for each slot of a group of half-lives, {n} in it being its number. #}
{% macro each_slot(expression, separator=', ') -%}
    {%- set expressions = [] -%}
    {%- for slot in range(slots_of_group()) -%}
        {%- do expressions.append(expression | replace('{n}', slot)) -%}
    {%- endfor -%}
    {{ return(expressions | join(separator)) }}
{%- endmacro %}
