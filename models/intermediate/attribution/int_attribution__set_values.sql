-- Grain: one row per conversion type and set of players: the share of journeys inside
-- the set that convert. A set without journeys is worth nothing.

with

channel_sets as (

    select * from {{ ref('int_attribution__channel_sets') }}

),

players as (

    select
        conversion_type,
        max(player_number) as players
    from {{ ref('int_attribution__channel_players') }}
    group by conversion_type

),

numbers as (

    select cast(range as bigint) as player_set
    from range(1048576)

),

all_sets as (

    select
        players.conversion_type,
        numbers.player_set,
        cast(coalesce(channel_sets.journeys, 0) as bigint) as journeys,
        cast(coalesce(channel_sets.conversions, 0) as bigint) as conversions
    from players
    inner join numbers
        on numbers.player_set < cast(pow(2, players.players) as bigint)
    left join channel_sets
        on
            players.conversion_type = channel_sets.conversion_type
            and numbers.player_set = channel_sets.player_set

),

{{ subset_sums(
    'all_sets', 'conversion_type', 'player_set', ['journeys', 'conversions'], 20
) }},

set_values as (

    select
        conversion_type,
        player_set,
        bit_count(player_set) as set_size,
        coalesce(cast(conversions as double) / nullif(journeys, 0), 0) as set_value
    from subset_sums

)

select * from set_values
