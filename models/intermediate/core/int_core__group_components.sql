-- Grain: one row per e-mail group that a conversion, merge or sync ties to another.
-- Trees that are tied to each other are one component, named for its least group.

with recursive

group_links as (

    select * from {{ ref('int_core__group_links') }}

),

group_trees as (

    select * from {{ ref('int_core__group_trees') }}

),

tree_links as (

    select
        group_trees.root_id,
        linked_trees.root_id as linked_root_id
    from group_links
    inner join group_trees on group_links.group_id = group_trees.group_id
    inner join group_trees as linked_trees
        on group_links.linked_group_id = linked_trees.group_id
    where group_trees.root_id != linked_trees.root_id
    group by group_trees.root_id, linked_trees.root_id

),

-- Over greater roots alone, since only the least root's walk has to reach all.
{{ walks('tree_links', 'root_id', 'linked_root_id', upwards=true) }},

first_roots as (

    select
        reached_id as root_id,
        min(start_id) as first_root_id
    from walks
    group by reached_id

),

group_components as (

    select
        group_trees.group_id,
        min(group_trees.group_id) over (
            partition by coalesce(first_roots.first_root_id, group_trees.root_id)
        ) as component_id
    from group_trees
    left join first_roots on group_trees.root_id = first_roots.root_id

)

select * from group_components
