-- Grain: one row per conversion type and set of players that journeys hold: how many
-- journeys hold just that set, and how many of them converted.
-- A player is a channel; of more than 20 channels the rarest are one player together.

with

converted_channels as (

    select
        conversion_type,
        conversion_id,
        channel
    from {{ ref('int_attribution__journey_positions') }}
    where is_creditable
    group by
        conversion_type,
        conversion_id,
        channel

),

channel_players as (

    select
        conversion_type,
        channel,
        cast(pow(2, player_number - 1) as bigint) as player_bit
    from {{ ref('int_attribution__channel_players') }}

),

open_channels as (

    select
        person_id,
        is_no_mql,
        is_no_opportunity,
        is_no_win,
        channel
    from {{ ref('int_attribution__open_journeys') }}
    group by
        person_id,
        is_no_mql,
        is_no_opportunity,
        is_no_win,
        channel

),

open_typed_channels as (

    select
        'mql' as conversion_type,
        person_id,
        channel
    from open_channels
    where is_no_mql
    union all
    select
        'opportunity' as conversion_type,
        person_id,
        channel
    from open_channels
    where is_no_opportunity
    union all
    select
        'won' as conversion_type,
        person_id,
        channel
    from open_channels
    where is_no_win

),

journey_players as (

    select
        converted_channels.conversion_type,
        converted_channels.conversion_id as journey_id,
        true as is_converted,
        channel_players.player_bit
    from converted_channels
    inner join channel_players
        on
            converted_channels.conversion_type = channel_players.conversion_type
            and converted_channels.channel = channel_players.channel
    union
    select
        open_typed_channels.conversion_type,
        open_typed_channels.person_id as journey_id,
        false as is_converted,
        channel_players.player_bit
    from open_typed_channels
    inner join channel_players
        on
            open_typed_channels.conversion_type = channel_players.conversion_type
            and open_typed_channels.channel = channel_players.channel

),

journey_sets as (

    select
        conversion_type,
        is_converted,
        cast(sum(player_bit) as bigint) as player_set
    from journey_players
    group by
        conversion_type,
        journey_id,
        is_converted

),

channel_sets as (

    select
        conversion_type,
        player_set,
        count(*) as journeys,
        count_if(is_converted) as conversions
    from journey_sets
    group by
        conversion_type,
        player_set

)

select * from channel_sets
