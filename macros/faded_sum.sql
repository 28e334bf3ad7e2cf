{# What stands of the points of a group of half-lives, each slot by a weight: of sums that
   are scaled so that nothing fades, counted_position half-lives of the shortest later. #}
{% macro faded_sum(weight) -%}
    {{ each_slot(
        "case when half_life_{n} is null or sum_{n} = 0 then 0 else sum_{n} * ("
        ~ weight
        ~ ") * pow(0.5, counted_position * shortest_half_life / half_life_{n}) end",
        ' + '
    ) }}
{%- endmacro %}
