{# What stands of the points of a slot of half-lives: of a sum that is scaled so that
   nothing fades, counted_position half-lives of the shortest in its group later. #}
{% macro faded_sum(slot) -%}
    case
        when sum_{{ slot }} is not null
            then {{ unscaled_points(
                'sum_' ~ slot,
                'counted_position * shortest_half_life / half_life_' ~ slot
            ) }}
    end
{%- endmacro %}
