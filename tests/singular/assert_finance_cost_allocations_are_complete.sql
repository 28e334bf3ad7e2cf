-- Shares of a cost type that do not sum to 1 on a day on which one of them begins or
-- ends: a part of the cost would be lost, or counted twice.

{{ config(group='finance') }}

with

cost_allocations as (

    select
        cost_type,
        share,
        effective_from,
        coalesce(effective_to, cast('9999-12-31' as date)) as effective_to
    from {{ ref('cost_allocations') }}

),

turns as (

    select
        cost_type,
        effective_from as turn_day
    from cost_allocations
    union
    select
        cost_type,
        effective_to as turn_day
    from cost_allocations

)

select
    turns.cost_type,
    turns.turn_day,
    sum(cost_allocations.share) as shares
from turns
inner join cost_allocations
    on
        turns.cost_type = cost_allocations.cost_type
        and turns.turn_day >= cost_allocations.effective_from
        and turns.turn_day < cost_allocations.effective_to
group by
    turns.cost_type,
    turns.turn_day
having sum(cost_allocations.share) != 1
