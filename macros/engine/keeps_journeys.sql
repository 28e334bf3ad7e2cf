{# Whether the table of an incremental model tells which journey a row is of: one that an
   earlier version made without prints does not, and is made anew. #}
{% macro keeps_journeys() -%}
    {{ return(adapter.dispatch('keeps_journeys')()) }}
{%- endmacro %}

{% macro default__keeps_journeys() -%}
    {%- if execute and is_incremental() -%}
        {%- set names = adapter.get_columns_in_relation(this) | map(attribute='name') -%}
        {{ return('journey_print' in (names | list)) }}
    {%- endif -%}
    {{ return(false) }}
{%- endmacro %}

{% macro spark__keeps_journeys() -%}
    {{ return(false) }}
{%- endmacro %}
