-- Values that lifecycle_stage_map does not know, with how often they occur: each wants
-- a row in the map, or the decision to go without.

{{ config(severity='warn') }}

select
    source,
    stage_value,
    count(*) as events,
    count(distinct person_id) as people,
    min(entered_at) as first_seen_at,
    max(entered_at) as last_seen_at
from {{ ref('fct_stage_event_exclusions') }}
where reason = 'unmapped_value'
group by
    source,
    stage_value
