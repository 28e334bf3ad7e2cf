{# For each set of a relation, and each that holds one of its sets, the sums over all
   sets of the relation that lie in it. Sets are numbers whose lowest bits, as many as
   players, are the players; what stands above them tells one game from another. The
   relation of games has that as game_offset, and set_limit, which no set of the game
   reaches without it. Block after block of four players, what stands at a set goes to
   those that hold it and differ in the block alone. One whole number as key is grouped
   in half the time of two columns. #}
{% macro subset_sums(relation, set_column, measures, games, players) -%}
    {%- set blocks = ((players + 3) / 4) | int %}
    block_members as (

        select cast(numbers.number as bigint) as members
        from range(16) as numbers (number)

    ),
    block_pairs as (

        select
            games.game_offset,
            games.set_limit,
            smaller.members as members,
            larger.members as more_members
        from {{ games }} as games
        cross join block_members as smaller
        inner join block_members as larger
            on smaller.members = (smaller.members & larger.members)

    ),
    {%- for block in range(blocks) %}
    {%- set one = 16 ** block %}
    {%- set before = relation if loop.first else 'sums_%d' % (block - 1) %}
    pairs_{{ block }} as (

        select
            game_offset + members * {{ one }} as block_key,
            (more_members - members) * {{ one }} as added_members
        from block_pairs
        where more_members * {{ one }} < set_limit

    ),
    sums_{{ block }} as {{ materialized_cte() }} (

        select
            {{ before }}.{{ set_column }} + pairs_{{ block }}.added_members
                as {{ set_column }},
            {%- for measure in measures %}
            cast(sum({{ before }}.{{ measure }}) as bigint) as {{ measure }}
                {{- ',' if not loop.last }}
            {%- endfor %}
        from {{ before }}
        inner join pairs_{{ block }}
            on
                ({{ before }}.{{ set_column }} & {{ 15 * one - 2 ** players }})
                = pairs_{{ block }}.block_key
        group by {{ before }}.{{ set_column }} + pairs_{{ block }}.added_members

    ),
    {%- endfor %}
    subset_sums as (

        select * from sums_{{ blocks - 1 }}

    )
{%- endmacro %}
