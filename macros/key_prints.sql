{# Two numbers that stand for a key of several columns, which no two keys share both of:
   its columns in their order and in the other one. That a column is null counts, too,
   where it may be. #}
{% macro key_prints(columns, never_null) -%}
    {%- set told = [] -%}
    {%- for column in columns -%}
        {%- do told.append(column) -%}
        {%- if column not in never_null -%}
            {%- do told.append(column ~ ' is null') -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return([content_print(told), content_print(told | reverse | list)]) }}
{%- endmacro %}
