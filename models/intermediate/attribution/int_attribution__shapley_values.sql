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
        count(*) over (partition by conversion_type) as players
    from channel_players
    group by
        conversion_type,
        player_number

),

{{ member_sums('set_values', 'conversion_type', 'set_size', 'player_set',
    'set_value', 20) }},

player_sums as (

    select
        players.conversion_type,
        players.player_number,
        players.players,
        member_sums.set_size,
        member_sums.member_sum,
        member_sums.total_sum - member_sums.member_sum as other_sum
    from players
    inner join member_sums
        on
            players.conversion_type = member_sums.conversion_type
            and players.player_number = member_sums.player_number

),

-- A player joins sets of s others in s! (n - s - 1)! of all n! orders.
player_values as (

    select
        conversion_type,
        player_number,
        cast(sum({{ exact_share('
            member_sum
            * cast(factorial(cast(set_size - 1 as integer)) as double)
            * cast(factorial(cast(players - set_size as integer)) as double)
            / cast(factorial(cast(players as integer)) as double)
        ') }} - case
            when set_size < players then {{ exact_share('
                other_sum
                * cast(factorial(cast(set_size as integer)) as double)
                * cast(factorial(cast(players - set_size - 1 as integer)) as double)
                / cast(factorial(cast(players as integer)) as double)
            ') }}
            else 0
        end) as double) as shapley_value
    from player_sums
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
