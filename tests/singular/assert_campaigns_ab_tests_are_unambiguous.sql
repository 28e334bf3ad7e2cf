-- Planned tests with two controls, or whose shares make more than a whole: the first in
-- order would be the control, and the split another than the one that is written.

with

planned_tests as (

    select
        campaign_id,
        test_kind,
        count_if(is_control) as controls,
        cast(sum(planned_share) as decimal(9, 6)) as planned_share
    from {{ ref('ab_tests') }}
    group by campaign_id, test_kind

)

select * from planned_tests
where controls > 1 or planned_share > 1
