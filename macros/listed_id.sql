{# The id at a place, from 0, of a list such as 123;456, [123, 456] or, with the time of
   each merge behind the id, 123:1700000000000;456:1700000000000. #}
{% macro listed_id(id_list, position) -%}
    nullif(
        regexp_extract(
            split_part(
                replace({{ id_list }}, ',', ';'), ';',
                cast({{ position }} + 1 as integer)
            ), '[^][" :;]+', 0
        ), ''
    )
{%- endmacro %}
