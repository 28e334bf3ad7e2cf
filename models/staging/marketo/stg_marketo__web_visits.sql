-- Grain: one row per visit of a lead to the website: the page view that began it.

with

page_views as (

    select
        *,
        lag(activity_date) over (
            partition by trim(lead_id) order by activity_date, id
        ) as previous_view_at
    from {{ source('marketo', 'activity_visit_webpage') }}
    where activity_date is not null

),

web_visits as (

    select
        id,
        lead_id,
        campaign_id,
        webpage_url,
        query_parameters,
        referrer_url,
        activity_date
    from page_views
    where
        previous_view_at is null
        or activity_date
        > previous_view_at + {{ session_minutes() }} * interval '1' minute

)

select * from web_visits
