-- Grain: one row per person or account, moment at which it earned points, dimension and
-- half-life that it ever has points of: what stands of them just after the moment.

with

placed_points as (

    select * from {{ ref('int_lifecycle__placed_points') }}

),

summed_points as (

    select
        *,
        sum(points * pow(2, block_position)) over (
            partition by
                subject, subject_id, dimension, half_life_days, block_number
            order by scored_at
            rows between unbounded preceding and current row
        ) as scaled_sum
    from placed_points

),

block_ends as (

    select
        subject,
        subject_id,
        dimension,
        half_life_days,
        block_number + 1 as next_block_number,
        max_by(scaled_sum, scored_at) * pow(2, -256) as scaled_sum
    from summed_points
    group by
        subject,
        subject_id,
        dimension,
        half_life_days,
        block_number

),

point_standings as (

    select
        summed_points.subject,
        summed_points.subject_id,
        summed_points.dimension,
        summed_points.half_life_days,
        (summed_points.scaled_sum + coalesce(block_ends.scaled_sum, 0))
        * pow(0.5, summed_points.block_position) as points,
        summed_points.scored_at
    from summed_points
    left join block_ends
        on
            summed_points.subject = block_ends.subject
            and summed_points.subject_id = block_ends.subject_id
            and summed_points.dimension = block_ends.dimension
            and summed_points.half_life_days = block_ends.half_life_days
            and summed_points.block_number = block_ends.next_block_number

)

select * from point_standings
