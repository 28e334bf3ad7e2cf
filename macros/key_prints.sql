{# Two numbers that stand for a key, which no two keys share both of: its columns, or the
   letters of its only one, in their order and in the other one. Of several columns, that
   one is null counts, too, where it may be; a single null has no first number. #}
{% macro key_prints(columns, never_null) -%}
    {%- if columns | length == 1 -%}
        {%- set column = columns[0] -%}
        {{ return([
            number_key(column),
            content_print(["reverse(cast(" ~ column ~ " as string))"]),
        ]) }}
    {%- endif -%}
    {%- set told = [] -%}
    {%- for column in columns -%}
        {%- do told.append(column) -%}
        {%- if column not in never_null -%}
            {%- do told.append(column ~ ' is null') -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return([content_print(told), content_print(told | reverse | list)]) }}
{%- endmacro %}
