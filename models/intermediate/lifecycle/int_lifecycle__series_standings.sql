-- Grain: one row per person or account, moment at which it earned points, dimension and
-- half-life that it has had points of by then: what stands of them just after.

with

placed_points as (

    select * from {{ ref('int_lifecycle__placed_points') }}

),

summed_points as (

    select
        series_number,
        block_number,
        block_position,
        sum(points * pow(2, block_position)) over points_so_far as scaled_sum,
        scored_at
    from placed_points
    window points_so_far as (
        partition by series_number, block_number
        order by scored_at
        rows between unbounded preceding and current row
    )

),

longer_series as (

    select series_number
    from summed_points
    group by series_number
    having min(block_number) < max(block_number)

),

block_ends as (

    select
        summed_points.series_number,
        summed_points.block_number + 1 as next_block_number,
        max_by(summed_points.scaled_sum, summed_points.scored_at)
        * pow(2, -256) as scaled_sum
    from summed_points
    inner join longer_series
        on summed_points.series_number = longer_series.series_number
    group by
        summed_points.series_number,
        summed_points.block_number

),

series_standings as (

    select
        summed_points.series_number,
        (summed_points.scaled_sum + coalesce(block_ends.scaled_sum, 0))
        * pow(0.5, summed_points.block_position) as points,
        summed_points.scored_at
    from summed_points
    left join block_ends
        on
            summed_points.series_number = block_ends.series_number
            and summed_points.block_number = block_ends.next_block_number

)

select * from series_standings
