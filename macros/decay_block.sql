{# Number of the decay block that a moment lies in. Sums of decaying points are scaled
   by 2^position within one: over all of time that power leaves every number. #}
{% macro decay_block(moment, half_life_days) -%}
    cast(floor(({{ half_lives(
        "cast('2000-01-01' as timestamp)", moment, half_life_days
    ) }}) / {{ half_lives_of_block() }}) as bigint)
{%- endmacro %}
