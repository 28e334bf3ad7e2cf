-- The bare limit of campaigns in benchmarks/whole_way.py: the rows of its marts,
-- written by hand in as few passes as could be found, from landed rows and core's
-- marts. Most of it is writing: touchpoints are found in a fifth of the time that they
-- take. Left out is what never comes to pass in company.sql: other CRMs and ad
-- platforms, blank texts, variants; touches without a page, with parameters in it or
-- from the site itself; links that name no campaign, tell of a person or are spelled
-- against the rules; members who are nobody; campaigns without a channel, a first day,
-- an end or a launch; steps that are done twice; costs of a campaign or of some days;
-- events that name an address, and a suppression list; anything after as_of, which is
-- set by whole_way.py.

create macro key(id) as (hash(id) >> 1)::bigint;
create macro is_in_force(effective_from, effective_to) as
    effective_from <= getvariable('as_of')::date
    and coalesce(effective_to, date '9999-12-31') > getvariable('as_of')::date;

-- Monday to Friday, since Monday, 1 January 1900.
create macro weekday_number(day) as
    (day - date '1900-01-01') // 7 * 5 + least((day - date '1900-01-01') % 7 + 1, 5);

create table dim_campaigns as
select
    'generic:' || campaign_id as campaign_id, 'generic' as source,
    null::varchar as parent_campaign_id, 'generic:' || owner_id as owner_id,
    name as campaign_name, channel, campaign_type, status, utm_campaign,
    not exists (
        from built.policy.naming_rules
        where asset_type = 'campaigns' and field = 'campaign_name'
            and start_date >= effective_from
            and coalesce(start_date < effective_to, true)
            and not regexp_matches(name, pattern)
    ) as is_name_compliant,
    (budget * reporting_per_unit)::decimal(18, 2) as budget_usd, start_date, end_date
from built.raw_generic.campaigns
left join built.marts.dim_exchange_rates as rates
    on campaigns.currency = rates.currency
    and start_date >= valid_from and start_date < valid_to;

create table fct_campaign_deployments as
with steps as (
    select
        'generic:' || campaign_id as campaign_id, step, step_order,
        'generic:' || assignee_id as assignee_id,
        date_diff('second', started_at, completed_at) / 86400e0 as duration_days,
        target_days, started_at, completed_at
    from built.raw_generic.campaign_steps
    join built.policy.deployment_steps using (step)
)
select
    campaign_id || '#' || step || '#1' as campaign_deployment_id, campaign_id, step,
    step_order, 1 as attempt_number, assignee_id, duration_days,
    date_diff(
        'second', lag(completed_at) over (partition by campaign_id order by step_order),
        started_at
    ) / 86400e0 as wait_days,
    target_days, duration_days > target_days as is_over_target, false as is_rework,
    row_number() over (
        partition by campaign_id order by duration_days desc, step_order
    ) = 1 as is_bottleneck,
    false as is_open, started_at, completed_at
from steps;

create table fct_ad_spend_days as
with spend_days as (
    select
        spend_date, coalesce(platforms.platform, spend.platform) as platform, channel,
        cost_type, currency, sum(amount)::decimal(28, 6) as amount,
        sum(impressions)::bigint as impressions, sum(clicks)::bigint as clicks
    from built.raw_generic.spend
    left join built.policy.platforms on spend.platform = platform_alias
    group by all
)
select
    md5(concat_ws(
        '|', spend_date, platform, channel, cost_type, spend_days.currency, '', '', '',
        'entered'
    )) as spend_day_id,
    spend_date, 'generic' as source, platform, null::varchar as ad_account_id, channel,
    null::varchar as campaign_id, null::varchar as campaign_name, cost_type,
    'entered' as spend_level, spend_days.currency,
    reporting_per_unit is not null as has_exchange_rate, true as has_valid_range,
    amount as spend_amount, (amount * reporting_per_unit)::decimal(28, 6) as spend_usd,
    impressions, clicks
from spend_days
left join built.marts.dim_exchange_rates as rates
    on spend_days.currency = rates.currency
    and spend_date >= valid_from and spend_date < valid_to;

create temp table records as
select
    hash(record_id) as record_key, person_id, account_id, key(person_id) as person_key
from built.marts.bridge_person_records
join built.marts.dim_person_profiles using (person_id);

-- What a channel can be told from, apart from the campaign: the rules are matched once
-- for each of a few dozen combinations.
create temp table channel_signals as
with combinations as (
    select distinct
        touch_type, utm_source, utm_medium, utm_campaign is not null as has_campaign,
        referrer
    from built.raw_generic.touches
),
hosts as (
    select
        *, coalesce(utm_source, utm_medium) is not null or has_campaign as is_tagged,
        touch_type = 'web_session' and not is_tagged and referrer is null
            as is_direct_visit,
        regexp_extract(
            lower(referrer), '^[a-z]+://(?:www[0-9]*[.])?([^/?#:@ ]+)', 1
        ) as referrer_host
    from combinations
),
ruled as (
    select
        hosts.touch_type, hosts.utm_source, hosts.utm_medium, has_campaign, referrer,
        arg_min(rule_id, priority) as rule_id, arg_min(channel, priority) as channel
    from hosts
    join built.policy.channel_rules as rules
        on coalesce(hosts.touch_type like rules.touch_type, rules.touch_type is null)
        and coalesce(lower(hosts.utm_source) like rules.utm_source,
            rules.utm_source is null)
        and coalesce(lower(hosts.utm_medium) like rules.utm_medium,
            rules.utm_medium is null)
        and coalesce(hosts.referrer_host like rules.referrer_host,
            rules.referrer_host is null)
        and rules.click_id_type is null and rules.campaign_type is null
    where not is_direct_visit
    group by all
)
select
    hash(
        hosts.touch_type, hosts.utm_source, hosts.utm_medium, hosts.has_campaign,
        hosts.referrer
    ) as signal_key,
    hosts.touch_type, hosts.utm_source, hosts.utm_medium, is_tagged,
    case when is_direct_visit then 'direct_visit' else rule_id end as rule_id,
    case when is_direct_visit then 'direct' else channel end as rule_channel,
    default_channel, coalesce(is_marketing, true) as is_marketing_type,
    coalesce(is_sales, false) as is_sales
from hosts
left join ruled
    on hosts.touch_type = ruled.touch_type
    and hosts.utm_source is not distinct from ruled.utm_source
    and hosts.utm_medium is not distinct from ruled.utm_medium
    and hosts.has_campaign = ruled.has_campaign
    and hosts.referrer is not distinct from ruled.referrer
left join built.policy.touch_types as types on hosts.touch_type = types.touch_type;

-- A visitor is one record, so that it does not matter which touch tells of whom.
create temp table known as
select record_key as known_key, person_id, account_id, person_key from records
union all
select visitor_key, person_id, account_id, person_key
from (
    select hash(anonymous_id, 'visitor') as visitor_key,
        max(hash(person_id)) as record_key
    from built.raw_generic.touches
    where person_id is not null and anonymous_id is not null
    group by visitor_key
)
join records using (record_key);

create table fct_touchpoints as
with channelled as (
    select
        'generic:' || touch_id as touchpoint_id, 'generic' as source, known.person_id,
        account_id, 'generic:' || touches.campaign_id as campaign_id,
        coalesce(rule_channel, campaigns.channel, default_channel, 'unknown')
            as channel,
        case
            when rule_id is not null then rule_id
            when campaigns.channel is not null then 'campaign'
            when default_channel is not null then 'touch_type'
            else 'none'
        end as channel_basis,
        touches.touch_type, touches.utm_source, touches.utm_medium,
        touches.utm_campaign, null::varchar as click_id_type, is_tagged,
        is_marketing_type, is_sales,
        touches.person_id is null and known.person_id is not null as is_stitched,
        touched_at, person_key
    from built.raw_generic.touches
    left join known
        on known_key = if(
            touches.person_id is null, hash(anonymous_id, 'visitor'),
            hash(touches.person_id)
        )
    join channel_signals on signal_key = hash(
        touches.touch_type, touches.utm_source, touches.utm_medium,
        touches.utm_campaign is not null, referrer
    )
    left join built.raw_generic.campaigns on touches.campaign_id = campaigns.campaign_id
),
judged as (
    select
        * exclude (is_marketing_type),
        is_marketing_type and not is_sales and channel != 'direct' as is_marketing,
        channel = 'direct' and not is_sales as is_direct
    from channelled
)
select
    *,
    (hash(
        touchpoint_id, person_id, campaign_id, channel, is_marketing, is_direct,
        is_sales, touched_at
    ) >> 1)::bigint as touch_print
from judged;

-- Of the rules for links, those that some link breaks: a part that is missing, and a
-- medium that its source does not have.
create temp table breaches as
with source_mediums as (
    select utm_source, array_agg(utm_medium order by utm_source_medium_id) as mediums
    from built.policy.utm_source_mediums
    group by utm_source
)
select
    hash(links.utm_source, links.utm_medium) as link_key, rules.*,
    if(parameter = 'utm_medium', links.utm_medium, links.utm_source) as utm_value,
    mediums[1] as suggested_value
from (
    select distinct utm_source, utm_medium from channel_signals where is_tagged
) as links
left join source_mediums using (utm_source)
join built.policy.utm_rules as rules
    on rule = 'required' and parameter = 'utm_source' and links.utm_source is null
    or rule = 'required' and parameter = 'utm_medium' and utm_medium is null
    or rule = 'medium_of_source' and not list_contains(mediums, utm_medium);

-- Links by themselves, or campaigns would be looked up for each rule that one breaks.
create table fct_utm_violations as
with tagged as materialized (
    select
        touchpoint_id, touches.campaign_id, utm_source, utm_medium,
        lower(coalesce(campaigns.utm_campaign, touches.utm_campaign)) as link_campaign,
        touched_at
    from fct_touchpoints as touches
    left join dim_campaigns as campaigns on touches.campaign_id = campaigns.campaign_id
    where is_tagged
)
select
    touchpoint_id, utm_rule_id, campaign_id, link_campaign, rule, parameter, utm_value,
    suggested_value, severity, owner, fix, null::decimal(28, 6) as campaign_spend_usd,
    touched_at
from tagged
join breaches
    on link_key = hash(utm_source, utm_medium)
    and touched_at >= effective_from and coalesce(touched_at < effective_to, true);

-- Each campaign by its id and by what its links carry.
create temp table links as
select
    campaign_id, unnest([campaign_id, lower(utm_campaign)]) as name,
    completed_at as launched_at, end_date + (grace_days + 1) as late_from
from dim_campaigns
join fct_campaign_deployments using (campaign_id), built.policy.campaign_audit_kinds
where finding_kind = 'response_after_end'
    and step = (select arg_max(step, step_order) from built.policy.deployment_steps);

-- Whoever reads touches by campaign is served from here; those of no campaign are one.
create temp table campaign_touches as
select
    links.campaign_id, touches.campaign_id is not null as is_told_by_id, touch_type,
    is_marketing, count(*) as touches, count(utm_campaign) as tagged_touches,
    count_if(touched_at >= launched_at) as visits,
    count_if(touched_at >= late_from) as late_touches, min(touched_at) as first_at,
    min(touched_at) filter (touched_at >= late_from) as first_late_at,
    max(touched_at) as last_at
from fct_touchpoints as touches
left join links on coalesce(touches.campaign_id, lower(utm_campaign)) = name
group by all;

-- Of all touches, only those of a day with a form that names no campaign are put in
-- order.
create temp table unmapped_forms as
with form_days as (
    select hash(person_key, touched_at::date) as day_key
    from fct_touchpoints
    where touch_type = 'form_submit' and campaign_id is null and utm_campaign is null
),
followed as (
    select
        touch_type, campaign_id, utm_campaign, touched_at,
        lag(coalesce(campaign_id, lower(utm_campaign))) over (
            partition by person_key, touched_at::date order by touched_at, touchpoint_id
        ) as previous_name
    from fct_touchpoints
    where hash(person_key, touched_at::date) in (from form_days)
)
select links.campaign_id, count_if(touched_at >= launched_at) as unmapped_forms
from followed
join links on previous_name = name
where touch_type = 'form_submit' and followed.campaign_id is null
    and utm_campaign is null
group by links.campaign_id;

create table fct_campaign_launch_checks as
with counts as (
    select
        campaign_id, sum(tagged_touches) as tagged_touches,
        coalesce(sum(touches) filter (is_told_by_id), 0) as members,
        sum(visits) as page_visits,
        coalesce(sum(visits) filter (touch_type = 'form_submit'), 0) as mapped_forms
    from campaign_touches
    group by campaign_id
),
mails as (
    select 'generic:' || campaign_id as campaign_id, count(*) as mails
    from built.raw_generic.email_events
    where event_type = 'sent'
    group by campaign_id
),
facts as (
    select
        campaigns.campaign_id, campaigns.channel, campaign_name, is_name_compliant,
        campaigns.utm_campaign, campaigns.owner_id, rep_id, campaigns.start_date,
        launched_at, budget::decimal(18, 2) as budget,
        coalesce(tagged_touches, 0) as tagged_touches,
        coalesce(members, 0) as members, coalesce(mails, 0) as mails,
        coalesce(page_visits, 0) as page_visits,
        coalesce(mapped_forms, 0) as mapped_forms,
        coalesce(unmapped_forms, 0) as unmapped_forms
    from dim_campaigns as campaigns
    join links on campaigns.campaign_id = name
    join built.raw_generic.campaigns as landed
        on campaigns.campaign_id = 'generic:' || landed.campaign_id
    left join built.marts.dim_reps on campaigns.owner_id = rep_id
    left join counts on campaigns.campaign_id = counts.campaign_id
    left join mails on campaigns.campaign_id = mails.campaign_id
    left join unmapped_forms on campaigns.campaign_id = unmapped_forms.campaign_id
),
evidence as (
    select
        campaign_id, channel, start_date, launched_at,
        unnest([
            {
                check_name: 'utm', missed_share: 0e0,
                evidence: 'utm_campaign ' || utm_campaign || '; ' || tagged_touches
                    || ' touches carry its link'
            },
            {
                check_name: 'budget', missed_share: if(budget > 0, 0e0, 1e0),
                evidence: if(budget > 0, 'planned: ' || budget, 'no planned cost')
            },
            {
                check_name: 'owner', missed_share: if(rep_id is null, 1e0, 0e0),
                evidence: coalesce('owned by ' || rep_id, owner_id || ' is no rep')
            },
            {
                check_name: 'audience',
                missed_share: if(members + mails > 0, 0e0, 1e0),
                evidence: members || ' touches of known people; ' || mails
                    || ' e-mails sent'
            },
            {
                check_name: 'name', missed_share: if(is_name_compliant, 0e0, 1e0),
                evidence: 'named ' || campaign_name
            },
            {
                check_name: 'landing_page',
                missed_share: if(page_visits > 0, 0e0, 1e0),
                evidence: page_visits || ' visits since the launch'
            },
            {
                check_name: 'form',
                missed_share: unmapped_forms
                    / nullif(mapped_forms + unmapped_forms, 0)::double,
                evidence: mapped_forms || ' forms carry the campaign; '
                    || unmapped_forms || ' sent right after its visits do not'
            }
        ], recursive := true)
    from facts
),
checks as (
    select evidence.*, checks.* exclude (check_name, channel)
    from evidence
    join built.policy.launch_checks as checks
        on evidence.check_name = checks.check_name
        and checks.channel in (evidence.channel, '*')
        and start_date >= effective_from and coalesce(start_date < effective_to, true)
    qualify row_number() over (
        partition by campaign_id, evidence.check_name
        order by checks.channel = '*', launch_check_id
    ) = 1
)
select
    campaign_id || '#' || check_name as campaign_launch_check_id, campaign_id,
    check_name, launch_check_id,
    case
        when missed_share <= tolerated_share then 'passed'
        when missed_share is null or launched_at > getvariable('as_of')
            then 'not_yet_known'
        else 'failed'
    end as status,
    severity, owner, description, evidence, fix, launched_at
from checks
where is_required;

create temp table consent_signals as
select
    person_id, person_key, 'generic:' || record_id as person_record_id, channel,
    purpose, signal, lawful_basis, evidence,
    date_trunc('second', occurred_at) as signalled_at
from (
    select
        person_id as record_id, channel, purpose, status as signal, lawful_basis,
        evidence, occurred_at
    from built.raw_generic.consent_events
    union all
    select
        person_id, 'email', 'marketing', event_type, null,
        'generic:' || email_event_id, occurred_at
    from built.raw_generic.email_events
    where event_type in ('unsubscribe', 'spam_report')
)
join records on hash(record_id) = record_key
join built.policy.consent_scopes using (channel, purpose);

-- The latest stands, and in one second an objection.
create table fct_consents as
select
    concat_ws('#', person_id, channel, purpose) as consent_id, person_id, channel,
    purpose, if(signal = 'opt_in', 'opt_in', 'opt_out') as status, signal as decided_by,
    if(signal = 'opt_in', coalesce(lawful_basis, 'consent'), lawful_basis)
        as lawful_basis,
    'generic' as source, person_record_id, evidence, signalled_at as decided_at,
    max(signalled_at) over (partition by person_key, channel, purpose)
        as latest_event_at
from consent_signals
qualify row_number() over (
    partition by person_key, channel, purpose
    order by signalled_at desc, signal = 'opt_in', signal, person_record_id
) = 1;

create table dim_person_consents as
with bounces as (
    select person_key, hash(lower(people.email)) as email_key
    from built.raw_generic.email_events as events
    join records on hash(events.person_id) = record_key
    join built.raw_generic.people on hash(people.person_id) = record_key
    where event_type = 'bounce' and bounce_type = 'hard' and people.email is not null
),
country_rules as (
    select * from built.policy.consent_country_rules
    where is_in_force(effective_from, effective_to)
),
settled as (
    select
        profiles.person_id, key(profiles.person_id) as person_key,
        hash(profiles.email) as email_key, email is not null as has_email,
        is_email_usable,
        coalesce(rules.rule_id, others.rule_id) as consent_rule_id,
        coalesce(rules.requires_opt_in, others.requires_opt_in) as requires_opt_in,
        case
            when status = 'opt_out' and decided_by = 'opt_out' then 'consent_opt_out'
            when status = 'opt_out' then decided_by
            when email_bounced_at is not null
                or (person_key, email_key) in (from bounces) then 'hard_bounce'
        end as suppression_reason,
        coalesce(status = 'opt_in', false) as has_opt_in,
        latest_event_at as latest_consent_at
    from built.marts.dim_person_profiles as profiles
    join country_rules as others on others.country = '*'
    left join country_rules as rules on profiles.country = rules.country
    left join fct_consents as consents
        on profiles.person_id = consents.person_id
        and consents.channel = 'email' and purpose = 'marketing'
),
suppressed_addresses as (
    select hash(lower(people.email))
    from settled
    join records using (person_key)
    join built.raw_generic.people on hash(people.person_id) = record_key
    where suppression_reason is not null and people.email is not null
)
select
    person_id, consent_rule_id, suppression_reason is not null as is_suppressed,
    suppression_reason,
    has_email and email_key in (from suppressed_addresses) as is_address_suppressed,
    requires_opt_in, has_opt_in,
    suppression_reason is null and is_email_usable
    and (has_opt_in or not requires_opt_in) as is_marketable,
    latest_consent_at
from settled;

create table fct_consent_violations as
with signals as (
    select *
    from consent_signals
    where channel = 'email' and purpose = 'marketing'
        and person_key in (
            select person_key from consent_signals where signal != 'opt_in'
        )
),
objectors as (
    select record_key, person_id, person_key
    from records
    where person_key in (select person_key from signals)
),
-- Within a second an opt-in comes first and an objection last.
histories as (
    select
        person_id, person_key, if(signal = 'opt_in', 0, 2) as kind_rank, signal,
        evidence, null as campaign_id, signalled_at as occurred_at
    from signals
    union all
    select
        objectors.person_id, person_key, 1, 'sent', 'generic:' || email_event_id,
        'generic:' || campaign_id, date_trunc('second', occurred_at)
    from built.raw_generic.email_events as events
    join objectors on hash(events.person_id) = record_key
    where event_type = 'sent'
),
agreed as (
    select
        *, count(*) filter (kind_rank = 0) over (
            partition by person_key order by occurred_at, kind_rank
            range between unbounded preceding and current row
        ) as opt_in_count
    from histories
),
judged as (
    select
        *, min(
            {occurred_at: occurred_at, signal: signal, evidence: evidence}
        ) filter (kind_rank = 2) over (partition by person_key, opt_in_count)
            as objection
    from agreed
),
mails as (
    select
        judged.*, objection.occurred_at as opted_out_at, consent_rule_id,
        country, regime, owner, fix,
        coalesce(opt_out_business_days, 0) as business_days_allowed
    from judged
    join dim_person_consents using (person_id)
    left join built.policy.consent_country_rules on consent_rule_id = rule_id
    where kind_rank = 1 and judged.occurred_at > objection.occurred_at
),
holidays as (
    select country, array_agg(holiday_date) as dates
    from built.policy.holidays
    where weekday_number(holiday_date) > weekday_number(holiday_date - 1)
    group by country
),
elapsed as (
    select
        *, weekday_number(occurred_at::date) - weekday_number(opted_out_at::date)
        - coalesce(len(list_filter(
            dates,
            lambda date: date > opted_out_at::date and date <= occurred_at::date
        )), 0) as business_days_elapsed
    from mails
    left join holidays using (country)
)
select
    evidence || '#' || person_id as violation_id, evidence as email_event_id, person_id,
    campaign_id, consent_rule_id, regime, 'generic' as source,
    objection.signal as opted_out_by, 'generic' as opt_out_source,
    objection.evidence as opt_out_evidence, owner, fix, business_days_allowed,
    business_days_elapsed, opted_out_at, occurred_at as sent_at
from elapsed
where business_days_allowed = 0 or business_days_elapsed > business_days_allowed;

create table fct_campaign_audits as
with responses as (
    select campaign_touches.*
    from campaign_touches
    join built.policy.touch_types as types using (touch_type)
    where campaign_touches.is_marketing and is_response
),
findings as (
    select
        campaign_id,
        if(
            campaign_id is null, 'response_without_campaign', 'response_told_by_link'
        ) as finding_kind,
        sum(touches) as findings, 0 as unpriced_findings, null as amount_usd,
        min(first_at) as first_found_at, max(last_at) as last_found_at
    from responses
    where not is_told_by_id
    group by campaign_id
    union all
    select
        campaign_id, 'response_after_end', sum(late_touches), 0, null,
        min(first_late_at), max(last_at)
    from responses
    where late_touches > 0
    group by campaign_id
    union all
    select
        null, 'spend_without_campaign', count(*), count_if(not has_exchange_rate),
        sum(spend_usd), min(spend_date), max(spend_date)
    from fct_ad_spend_days
    where spend_amount != 0
    union all
    select
        campaign_id, 'mail_to_objector', count(*), 0, null, min(sent_at), max(sent_at)
    from fct_consent_violations
    group by campaign_id
)
select
    coalesce(campaign_id, 'none') || '#' || finding_kind as campaign_audit_id,
    campaign_id, finding_kind, campaign_name, channel, severity, owner, description,
    fix, coalesce(end_date < getvariable('as_of')::date, false) as is_over, findings,
    unpriced_findings, amount_usd, null::decimal(28, 6) as campaign_spend_usd,
    first_found_at, last_found_at
from findings
join built.policy.campaign_audit_kinds using (finding_kind)
left join dim_campaigns using (campaign_id);
