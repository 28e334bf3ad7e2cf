-- Grain: one row per conversion type and set of players that holds the players of some
-- journey: the share of journeys inside the set that convert.
-- Any other set has no journeys inside, and is worth nothing.

with

games as (

    select
        conversion_type,
        row_number() over (order by conversion_type asc) * 1048576 as game_offset,
        cast(pow(2, max(player_number)) as bigint) as set_limit
    from {{ ref('int_attribution__channel_players') }}
    group by conversion_type

),

channel_sets as (

    select
        games.game_offset + channel_sets.player_set as game_set,
        channel_sets.journeys,
        channel_sets.conversions
    from {{ ref('int_attribution__channel_sets') }} as channel_sets
    inner join games
        on channel_sets.conversion_type = games.conversion_type

),

{{ subset_sums(
    'channel_sets', 'game_set', ['journeys', 'conversions'], 'games', 20
) }},

set_values as (

    select
        games.conversion_type,
        subset_sums.game_set - games.game_offset as player_set,
        bit_count(subset_sums.game_set - games.game_offset) as set_size,
        cast(subset_sums.conversions as double) / subset_sums.journeys as set_value
    from subset_sums
    inner join games
        on
            games.game_offset
            = subset_sums.game_set - (subset_sums.game_set & 1048575)

)

select * from set_values
