-- Grain: one row per conversion type and set of players that journeys hold: how many
-- journeys hold just that set, and how many of them converted.
-- A player is a channel; of more than 20 channels the rarest are one player together.

with

player_bits as (

    select
        channel,
        max(case when conversion_type = 'mql' then player_bit end) as mql_bit,
        max(case when conversion_type = 'opportunity' then player_bit end)
            as opportunity_bit,
        max(case when conversion_type = 'won' then player_bit end) as won_bit
    from {{ ref('int_attribution__channel_players') }}
    group by channel

),

journey_positions as (

    select * from {{ ref('int_attribution__journey_positions') }}
    where is_creditable

),

open_journeys as (

    select * from {{ ref('int_attribution__open_journeys') }}

),

converted_sets as (

    select
        journey_positions.conversion_type,
        bit_or(case
            when journey_positions.conversion_type = 'mql' then player_bits.mql_bit
            when journey_positions.conversion_type = 'opportunity'
                then player_bits.opportunity_bit
            else player_bits.won_bit
        end) as player_set
    from journey_positions
    inner join player_bits
        on journey_positions.channel = player_bits.channel
    group by
        journey_positions.conversion_type,
        journey_positions.conversion_key

),

open_sets as (

    select
        bit_or(case when open_journeys.is_no_mql then player_bits.mql_bit end)
            as mql_set,
        bit_or(case
            when open_journeys.is_no_opportunity then player_bits.opportunity_bit
        end) as opportunity_set,
        bit_or(case when open_journeys.is_no_win then player_bits.won_bit end)
            as won_set
    from open_journeys
    inner join player_bits
        on open_journeys.channel = player_bits.channel
    group by open_journeys.person_key

),

counted_sets as (

    select
        mql_set,
        opportunity_set,
        won_set,
        count(*) as journeys
    from open_sets
    group by all

),

all_sets as (

    select
        conversion_type,
        player_set,
        count(*) as journeys,
        count(*) as conversions
    from converted_sets
    group by all
    union all
    select
        'mql' as conversion_type,
        mql_set as player_set,
        journeys,
        0 as conversions
    from counted_sets
    union all
    select
        'opportunity' as conversion_type,
        opportunity_set as player_set,
        journeys,
        0 as conversions
    from counted_sets
    union all
    select
        'won' as conversion_type,
        won_set as player_set,
        journeys,
        0 as conversions
    from counted_sets

),

channel_sets as (

    select
        conversion_type,
        player_set,
        cast(sum(journeys) as bigint) as journeys,
        cast(sum(conversions) as bigint) as conversions
    from all_sets
    where player_set is not null
    group by
        conversion_type,
        player_set

)

select * from channel_sets
