-- Grain: one row per month, channel and segment that spend is spread to, by the touches
-- of people in the month and channel; where there are none, the segment is unknown.

with

channel_spend as (

    select
        month,
        channel,
        sum(spend_usd) as spend_usd
    from {{ ref('fct_spend_months') }}
    group by
        month,
        channel

),

touchpoints as (

    select
        person_id,
        channel,
        cast(date_trunc('month', {{ reporting_date('touched_at') }}) as date) as month
    from {{ ref('fct_touchpoints') }}
    where person_id is not null

),

people as (

    select
        person_id,
        segment
    from {{ ref('dim_people') }}

),

person_touches as (

    -- Counted per person first, so that the join is with people, not with touches.
    select
        month,
        channel,
        person_id,
        count(*) as touches
    from touchpoints
    group by
        month,
        channel,
        person_id

),

segment_touches as (

    select
        person_touches.month,
        person_touches.channel,
        people.segment,
        sum(person_touches.touches) as touches
    from person_touches
    inner join people
        on person_touches.person_id = people.person_id
    group by
        person_touches.month,
        person_touches.channel,
        people.segment

),

ordered_touches as (

    select
        month,
        channel,
        segment,
        touches,
        sum(touches) over (
            partition by month, channel
            order by segment asc
        ) as touches_upto,
        sum(touches) over (partition by month, channel) as touches_whole
    from segment_touches

),

segment_spend_months as (

    select
        channel_spend.month,
        channel_spend.channel,
        coalesce(ordered_touches.segment, 'unknown') as segment,
        {{ share_part(
            'channel_spend.spend_usd',
            'coalesce(cast(ordered_touches.touches_upto - ordered_touches.touches '
            ~ 'as double), 0)',
            'coalesce(cast(ordered_touches.touches_upto as double), 1)',
            'coalesce(cast(ordered_touches.touches_whole as double), 1)',
            'decimal(28, 6)',
            6
        ) }} as spend_usd
    from channel_spend
    left join ordered_touches
        on
            channel_spend.month = ordered_touches.month
            and channel_spend.channel = ordered_touches.channel

)

select * from segment_spend_months
