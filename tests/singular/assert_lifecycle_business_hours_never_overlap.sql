-- No two spells of a calendar have a minute of a day in common: it would count twice.

with

business_hours as (

    select
        business_hours_id,
        calendar,
        weekday,
        opens_at,
        closes_at,
        effective_from,
        coalesce(effective_to, cast('9999-12-31' as date)) as effective_to
    from {{ ref('business_hours') }}

),

double_hours as (

    select
        business_hours.business_hours_id,
        others.business_hours_id as other_business_hours_id
    from business_hours
    inner join business_hours as others
        on
            business_hours.calendar = others.calendar
            and business_hours.weekday = others.weekday
            and business_hours.business_hours_id < others.business_hours_id
            and business_hours.opens_at < others.closes_at
            and business_hours.closes_at > others.opens_at
            and business_hours.effective_from < others.effective_to
            and business_hours.effective_to > others.effective_from

)

select * from double_hours
