-- Grain: one row per conversion type and channel: its Shapley value, the mean of what
-- it adds to the conversion rate over all orders in which the players can join.
-- Channels that play as one share its value by how often journeys come to them.

with

set_values as (

    select * from {{ ref('int_attribution__set_values') }}

),

channel_players as (

    select
        *,
        arrivals / cast(sum(arrivals) over (
            partition by conversion_type, player_number
        ) as double) as share_of_player
    from {{ ref('int_attribution__channel_players') }}

),

players as (

    select
        conversion_type,
        player_number,
        cast(pow(2, player_number - 1) as bigint) as player_bit,
        count(*) over (partition by conversion_type) as players
    from channel_players
    group by
        conversion_type,
        player_number

),

joined_sets as (

    select
        players.conversion_type,
        players.player_number,
        players.players,
        set_values.set_size,
        cast(sum({{ exact_share(
            'sets_with.set_value - set_values.set_value'
        ) }}) as double) as added_value
    from players
    inner join set_values
        on
            players.conversion_type = set_values.conversion_type
            and (set_values.player_set & players.player_bit) = 0
    inner join set_values as sets_with
        on
            set_values.conversion_type = sets_with.conversion_type
            and set_values.player_set + players.player_bit = sets_with.player_set
    group by
        players.conversion_type,
        players.player_number,
        players.players,
        set_values.set_size

),

player_values as (

    select
        conversion_type,
        player_number,
        cast(sum({{ exact_share('
            added_value
            * cast(factorial(cast(set_size as integer)) as double)
            * cast(factorial(cast(players - set_size - 1 as integer)) as double)
            / cast(factorial(cast(players as integer)) as double)
        ') }}) as double) as shapley_value
    from joined_sets
    group by
        conversion_type,
        player_number

),

shapley_values as (

    select
        channel_players.conversion_type,
        channel_players.channel,
        player_values.shapley_value * channel_players.share_of_player
            as shapley_value
    from channel_players
    inner join player_values
        on
            channel_players.conversion_type = player_values.conversion_type
            and channel_players.player_number = player_values.player_number

)

select * from shapley_values
