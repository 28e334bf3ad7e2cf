-- Grain: one row per form that names no campaign and came right after a visit of one,
-- on the same day and by the same person or visitor.
-- Who sat in a webinar or is a member has followed no link: the form after it is not
-- the campaign's.
-- Of all touches, only those of a day with such a form are put in order.

with

touch_links as (

    select
        touchpoint_id,
        subject_key,
        touch_type,
        told_by,
        link_campaign,
        has_landing_page,
        {{ reporting_date('touched_at') }} as touched_on,
        touched_at
    from {{ ref('int_campaigns__touch_links') }}
    where subject_key is not null

),

form_days as (

    select
        subject_key,
        touched_on
    from touch_links
    where touch_type = 'form_submit' and told_by in ('nothing', 'unknown_link')
    group by
        subject_key,
        touched_on

),

followed_touches as (

    select
        touch_links.touchpoint_id,
        touch_links.touch_type,
        touch_links.told_by,
        touch_links.touched_at,
        lag(
            case when touch_links.has_landing_page then touch_links.link_campaign end
        ) over earlier_touches as previous_link
    from touch_links
    inner join form_days
        on
            touch_links.subject_key = form_days.subject_key
            and touch_links.touched_on = form_days.touched_on
    window earlier_touches as (
        partition by touch_links.subject_key, touch_links.touched_on
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

)

select * from unmapped_forms
