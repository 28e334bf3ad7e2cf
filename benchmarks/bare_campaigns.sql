-- The bare limit of campaigns in benchmarks/whole_way.py, of its dearest part: raw touches
-- to touchpoints, with person, channel and what breaks the UTM rules.

create table touches as
select
    'generic:' || trim(touch_id) as touchpoint_id,
    'generic:' || trim(person_id) as person_record_id, anonymous_id,
    'generic:' || trim(campaign_id) as campaign_id,
    lower(trim(touch_type)) as touch_type, lower(trim(utm_source)) as utm_source,
    lower(trim(utm_medium)) as utm_medium, lower(trim(utm_campaign)) as utm_campaign,
    regexp_extract(lower(referrer), '^[a-z]+://([^/?#]+)', 1) as referrer_host,
    lower(split_part(landing_page, '?', 1)) as landing_page, touched_at
from built.raw_generic.touches;

create table stitched as
select
    visits.touchpoint_id, known.person_record_id
from touches as visits
asof join (
    select anonymous_id, person_record_id, touched_at
    from touches
    where person_record_id is not null and anonymous_id is not null
) as known
    on visits.anonymous_id = known.anonymous_id
    and visits.touched_at <= known.touched_at
where visits.person_record_id is null;

create table channels as
select
    touch_type, utm_source, utm_medium, referrer_host,
    case
        when utm_medium = 'cpc' then 'paid_search'
        when utm_medium like '%social%' then 'social'
        when utm_medium is not null then utm_medium
        when referrer_host like '%google%' then 'organic_search'
        when referrer_host is not null then 'referral'
        when touch_type = 'web_session' then 'direct'
        else touch_type
    end as channel
from (select distinct touch_type, utm_source, utm_medium, referrer_host from touches);

create table touchpoints as
select
    touches.touchpoint_id, people.person_id, people.account_id, touches.campaign_id,
    touches.touch_type, touches.utm_source, touches.utm_medium, touches.utm_campaign,
    touches.referrer_host, touches.landing_page, channels.channel,
    channels.channel = 'direct' as is_direct, touches.touch_type = 'sales' as is_sales,
    hash(touches.touchpoint_id, people.person_id, channels.channel) as touch_print,
    touches.touched_at
from touches
left join stitched on touches.touchpoint_id = stitched.touchpoint_id
left join built.marts.bridge_person_records as records
    on coalesce(touches.person_record_id, stitched.person_record_id)
    = records.person_record_id
left join built.marts.dim_people as people on records.person_id = people.person_id
left join channels
    on touches.touch_type = channels.touch_type
    and touches.utm_source is not distinct from channels.utm_source
    and touches.utm_medium is not distinct from channels.utm_medium
    and touches.referrer_host is not distinct from channels.referrer_host;

create table violations as
select touchpoint_id, unnest(['utm_source', 'utm_medium']) as field
from touchpoints
where utm_campaign is not null and (utm_source is null or utm_medium is null);

create table mail_events as
select
    'generic:' || email_event_id as email_event_id, records.person_id, event_type,
    'generic:' || campaign_id as campaign_id, occurred_at
from built.raw_generic.email_events as events
left join built.marts.bridge_person_records as records
    on 'generic:' || events.person_id = records.person_record_id;
