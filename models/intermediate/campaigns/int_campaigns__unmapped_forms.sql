-- Grain: one row per form that names no campaign and came right after a visit of one,
-- on the same day and by the same person or visitor.
-- Who sat in a webinar or is a member has followed no link: the form after it is not
-- the campaign's.

with

touch_links as (

    select * from {{ ref('int_campaigns__touch_links') }}
    where subject_id is not null

),

form_senders as (

    select subject_id
    from touch_links
    where touch_type = 'form_submit' and told_by in ('nothing', 'unknown_link')
    group by subject_id

),

followed_touches as (

    select
        touch_links.touchpoint_id,
        touch_links.touch_type,
        touch_links.told_by,
        touch_links.touched_at,
        lag(
            case when touch_links.has_landing_page then touch_links.link_campaign end
        ) over earlier_touches as previous_link,
        lag(touch_links.touched_at) over earlier_touches as previous_at
    from touch_links
    inner join form_senders on touch_links.subject_id = form_senders.subject_id
    window earlier_touches as (
        partition by touch_links.subject_id
        order by touch_links.touched_at, touch_links.touchpoint_id
    )

),

unmapped_forms as (

    select
        touchpoint_id,
        previous_link as link_campaign,
        touched_at
    from followed_touches
    where
        touch_type = 'form_submit'
        and told_by in ('nothing', 'unknown_link')
        and previous_link is not null
        and {{ reporting_date('touched_at') }} = {{ reporting_date('previous_at') }}

)

select * from unmapped_forms
