-- Grain: one row per e-mail group that is tied to another, with the root of its tree.
-- Each group hangs on the least of its neighbours. Chains and stars are one tree then,
-- and a tree is walked down from its root once, whereas a walk from every group would
-- be quadratic.

with recursive

hooks as (

    select
        group_id,
        min(linked_group_id) as parent_id
    from {{ ref('int_core__group_links') }}
    group by group_id

),

roots as (

    -- Parents lead to two groups that are each other's; the lesser one is the root.
    select hooks.group_id
    from hooks
    inner join hooks as parents
        on
            hooks.parent_id = parents.group_id
            and hooks.group_id = parents.parent_id
    where hooks.group_id < parents.group_id

),

group_trees as (

    select
        group_id,
        group_id as root_id
    from roots
    union all
    select
        hooks.group_id,
        group_trees.root_id
    from group_trees
    inner join hooks on group_trees.group_id = hooks.parent_id
    where hooks.group_id != group_trees.root_id

)

select * from group_trees
