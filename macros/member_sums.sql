{# For each player and size of sets: the sum of a value from 0 to 1 over the sets of that
   size that hold the player (member_sum), and over all of that size (total_sum). Sets are
   numbers whose bits are the players, numbered from 1. #}
{% macro member_sums(relation, key, size_column, set_column, value, players) -%}
    {%- set exact = 'cast(' ~ value ~ ' as decimal(18, 16))' %}
    size_sums as (

        select
            {{ key }},
            {{ size_column }},
            {%- for player in range(1, players + 1) %}
            sum({{ exact }}) filter (
                where ({{ set_column }} & {{ 2 ** (player - 1) }}) > 0
            ) as sum_{{ player }},
            {%- endfor %}
            sum({{ exact }}) as total_sum
        from {{ relation }}
        group by
            {{ key }},
            {{ size_column }}

    ),
    player_numbers as (

        select cast(numbers.number as bigint) as player_number
        from range(1, {{ players + 1 }}) as numbers (number)

    ),
    member_sums as (

        select
            size_sums.{{ key }},
            size_sums.{{ size_column }},
            player_numbers.player_number,
            cast(coalesce(
                case player_numbers.player_number
                    {%- for player in range(1, players + 1) %}
                    when {{ player }} then size_sums.sum_{{ player }}
                    {%- endfor %}
                end, 0
            ) as double) as member_sum,
            cast(size_sums.total_sum as double) as total_sum
        from size_sums
        cross join player_numbers

    )
{%- endmacro %}
