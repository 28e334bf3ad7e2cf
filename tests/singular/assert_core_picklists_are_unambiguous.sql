-- On any day a field is on at most one picklist: golden values have one spelling.

with

picklist_spans as (

    select
        picklist_id,
        effective_from,
        effective_to,
        lag(coalesce(effective_to, cast('9999-12-31' as date))) over (
            partition by entity, field
            order by effective_from asc, picklist_id asc
        ) as previous_to
    from {{ ref('picklists') }}

),

broken_picklists as (

    select
        picklist_id,
        case
            when previous_to > effective_from
                then 'it overlaps another picklist of the field'
            when effective_to <= effective_from
                then 'it ends before it starts'
        end as problem
    from picklist_spans

)

select * from broken_picklists
where problem is not null
