{# How many half-lives a moment lies after the start of its decay block. #}
{% macro decay_position(moment, half_life_days) -%}
    {{ half_lives("cast('2000-01-01' as timestamp)", moment, half_life_days) }}
    - {{ half_lives_of_block() }}e0 * {{ decay_block(moment, half_life_days) }}
{%- endmacro %}
