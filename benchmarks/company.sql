-- A made company: one view for each generic table, about ten touches a person.
-- Everything that happens to person number p hangs on p alone, so that a day more is the
-- same company, cut later. Variables: people (until cut_at), cut_at, since: a row is in
-- where it happened in [since, cut_at).

create schema company;

create macro draw(person, salt) as (hash(person, salt) % 1000000) / 1e6;
create macro pick(texts, person, salt) as texts[1 + (hash(person, salt) % len(texts))::int];
create macro days(count) as to_seconds((count * 86400)::bigint);
create macro is_in(moment) as
    moment >= getvariable('since') and moment < getvariable('cut_at');
create macro syllable(person, salt) as pick(
    [
        'ba', 'ber', 'chi', 'da', 'del', 'fo', 'gra', 'han', 'jo', 'ka', 'lin', 'mor',
        'na', 'nel', 'ol', 'pe', 'ran', 'sa', 'tor', 'vi', 'wen', 'ya', 'zu', 'mar'
    ],
    person, salt
);

create view company.numbers as
select
    numbers.person,
    -- Every 25th record is a second one of the person before.
    numbers.person - (numbers.person % 25 = 24)::int as who,
    (numbers.person // 50) * 10 + hash(numbers.person // 2 * 2, 'a') % 10 as account,
    timestamp '2024-11-01' + days(730.0 * numbers.person / getvariable('people'))
        as created_at
from range((getvariable('people') * 731 // 730)::bigint) as numbers (person);

create view company.steps as
select
    person,
    account,
    created_at,
    case when person % 5 = 0 then created_at + days(1 + 20 * draw(person, 'mql')) end
        as mql_at,
    case when person % 10 = 0 then mql_at + days(0.1 + 3 * draw(person, 'sal')) end
        as sal_at,
    case when person % 20 = 0 then sal_at + days(0.1 + 9 * draw(person, 'sql')) end
        as sql_at,
    case when person % 40 = 0 then sql_at + days(1 + 9 * draw(person, 'deal')) end
        as deal_at,
    case when person % 40 = 0 then deal_at + days(10 + 80 * draw(person, 'close')) end
        as closed_at,
    case
        when person % 5 = 0 and person % 40 != 0 and draw(person, 'back') < 0.3
            then mql_at + days(15 + 20 * draw(person, 'back at'))
    end as recycled_at,
    person % 120 = 0 as is_won
from company.numbers;

create view company.accounts as
select
    'a' || account as account_id,
    syllable(account, 1) || syllable(account, 2) || ' '
    || pick(['Systems', 'Foods', 'Energy', 'Labs', 'Bank'], account, 'trade')
    || ' ' || account as name,
    'firm' || account || '.example' as domain,
    pick(['Software', 'Retail', 'Manufacturing', 'Finance'], account, 'ind') as industry,
    (10 * pow(10, 3.5 * draw(account, 'size')))::int as employee_count,
    (1e6 * pow(10, 3 * draw(account, 'revenue')))::decimal(18, 2) as annual_revenue,
    'USD' as currency,
    pick(['United States', 'Germany', 'France', 'Canada'], account, 'land') as country,
    'u' || hash(account, 'owner') % 40 as owner_id,
    min(created_at) as created_at,
    min(created_at) as updated_at
from company.numbers
group by account
having is_in(min(created_at));

create view company.people as
select
    'p' || steps.person as person_id,
    case when steps.person % 25 = 24 then 'contact' else 'lead' end as record_type,
    case
        when draw(who, 'mail') < 0.95
            then first_name || '.' || last_name || who || '@firm'
                || steps.account || '.example'
    end as email,
    first_name,
    last_name,
    pick(['VP', 'Director of', 'Head of', 'Manager,'], who, 'rank') || ' '
    || pick(['Marketing', 'Sales', 'IT', 'Finance', 'Operations'], who, 'work') as title,
    'Firm ' || steps.account as company_name,
    'a' || steps.account as account_id,
    '+1' || (2010000000 + hash(who, 'phone') % 7900000000) as phone,
    pick(['United States', 'Germany', 'France', 'Canada'], steps.account, 'land')
        as country,
    pick(['Software', 'Retail', 'Manufacturing', 'Finance'], steps.account, 'ind')
        as industry,
    pick(['Web', 'Trade Show', 'Partner', 'Webinar'], who, 'source') as lead_source,
    case
        when recycled_at < getvariable('cut_at') then 'recycled'
        when deal_at < getvariable('cut_at') then 'opportunity'
        when sql_at < getvariable('cut_at') then 'sql'
        when sal_at < getvariable('cut_at') then 'sal'
        when mql_at < getvariable('cut_at') then 'mql'
        else 'lead'
    end as status,
    'u' || hash(steps.person, 'owner') % 40 as owner_id,
    steps.created_at,
    changes.changed_at as updated_at
from company.steps
inner join (
    select
        person,
        who,
        syllable(who, 'f1') || syllable(who, 'f2') as first_name,
        syllable(who, 'l1') || syllable(who, 'l2') || syllable(who, 'l3') as last_name
    from company.numbers
) as names
    on steps.person = names.person
inner join (
    select person, max(moment) as changed_at
    from (
        unpivot company.steps
        on created_at, mql_at, sal_at, sql_at, deal_at, recycled_at
        into name step value moment
    )
    where moment < getvariable('cut_at')
    group by person
) as changes
    on steps.person = changes.person
where is_in(changes.changed_at);

create view company.users as
select
    'u' || number as user_id,
    'Rep ' || number as name,
    'rep' || number || '@us.example' as email,
    case when number % 4 = 0 then 'ae' else 'sdr' end as role,
    pick(['AMER', 'EMEA'], number, 'team') as team,
    'UTC' as time_zone,
    true as is_active
from range(40) as numbers (number);

create view company.stage_events as
select 'p' || person as person_id, replace(step, '_at', '') as stage, moment as entered_at
from (
    unpivot company.steps
    on created_at, mql_at, sal_at, sql_at, deal_at, recycled_at
    into name step value moment
)
where is_in(moment) and step != 'deal_at' and step != 'created_at'
union all
select 'p' || person, 'lead', created_at from company.steps where is_in(created_at)
union all
select 'p' || person, 'opportunity', deal_at from company.steps where is_in(deal_at);

create view company.assignment_events as
select
    'p' || person as person_id,
    'u' || hash(person, 'owner') % 40 as owner_id,
    created_at + to_minutes((hash(person, 'routed') % 90)::int) as assigned_at
from company.steps
where is_in(created_at + to_minutes((hash(person, 'routed') % 90)::int));

create view company.activities as
select
    'act' || person || '-' || number as activity_id,
    'p' || person as person_id,
    'u' || hash(person, 'owner') % 40 as user_id,
    pick(['call', 'email', 'meeting'], person, number) as activity_type,
    'outbound' as direction,
    mql_at + days(0.02 + number * draw(person, 'act')) as occurred_at
from company.steps, range(3) as numbers (number)
where is_in(mql_at + days(0.02 + number * draw(person, 'act')));

create view company.opportunities as
select
    'o' || person as opportunity_id,
    'a' || account as account_id,
    'Deal ' || person as name,
    case
        when closed_at >= getvariable('cut_at') then 'Proposal'
        when is_won then 'Closed Won'
        else 'Closed Lost'
    end as stage,
    (5000 + hash(person, 'amount') % 90000)::decimal(18, 2) as amount,
    'USD' as currency,
    'New Business' as opportunity_type,
    'u' || hash(account, 'owner') % 40 as owner_id,
    deal_at as created_at,
    closed_at::date as close_date,
    case when closed_at < getvariable('cut_at') then closed_at end as closed_at,
    closed_at < getvariable('cut_at') as is_closed,
    closed_at < getvariable('cut_at') and is_won as is_won
from company.steps
where is_in(deal_at) or is_in(closed_at);

create view company.opportunity_stage_events as
select
    'o' || person as opportunity_id,
    stages.stage,
    (5000 + hash(person, 'amount') % 90000)::decimal(18, 2) as amount,
    closed_at::date as close_date,
    stages.changed_at
from company.steps,
    lateral (
        select unnest(['Discovery', 'Proposal', if(is_won, 'Closed Won', 'Closed Lost')])
            as stage,
        unnest([deal_at, deal_at + (closed_at - deal_at) / 2, closed_at]) as changed_at
    ) as stages
where is_in(stages.changed_at);

create view company.opportunity_contacts as
select
    'o' || person as opportunity_id,
    'p' || (person + number) as person_id,
    pick(['Decision Maker', 'Champion', 'Evaluator'], person, number) as role,
    number = 0 as is_primary
from company.steps, range(2) as numbers (number)
where is_in(deal_at);

create view company.campaigns as
select
    'c' || number as campaign_id,
    '2025q1_' || pick(['email', 'webinar', 'paid_search', 'event'], number, 'ch')
    || '_emea_' || number as name,
    pick(['email', 'webinar', 'paid_search', 'event'], number, 'ch') as channel,
    pick(['email', 'webinar', 'paid_search', 'event'], number, 'ch') as campaign_type,
    'Completed' as status,
    date '2024-11-01' + (730 * number // campaign_count)::int as start_date,
    date '2024-11-01' + (730 * number // campaign_count)::int + 40 as end_date,
    5000 as budget,
    'USD' as currency,
    'u' || number % 40 as owner_id,
    'campaign-' || number as utm_campaign
from (
    select
        unnest(range(100 + getvariable('people') // 1000)) as number,
        100 + getvariable('people') // 1000 as campaign_count
);

create view company.campaign_steps as
select
    campaign_id,
    step.name as step,
    start_date - 30 + step.place * 5 + interval 9 hour as started_at,
    start_date - 30 + step.place * 5 + interval 60 hour as completed_at,
    owner_id as assignee_id
from company.campaigns,
    lateral (
        select
            unnest(['brief', 'approval', 'build', 'qa', 'launch']) as name,
            unnest([0, 1, 2, 3, 4]) as place
    ) as step;

create view company.touch_moments as
select
    numbers.person * 11 + touches.touch as number,
    numbers.person,
    touches.touch,
    -- Three before the record was made, without a name; the fourth is the form.
    case
        when touches.touch < 3
            then numbers.created_at - days(0.01 + 30 * draw(numbers.person, touches.touch))
        when touches.touch = 3 then numbers.created_at
        else numbers.created_at - days(90 * ln(0.0001 + draw(numbers.person, touches.touch)))
    end as touched_at,
    case
        when touches.touch = 3 then 'form_submit'
        when touches.touch < 3 then pick(['web_session', 'ad_click'], number, 'type')
        else pick(
            [
                'web_session', 'web_session', 'web_session', 'ad_click', 'content',
                'webinar', 'event', 'sales', 'web_session', 'web_session'
            ],
            number, 'type'
        )
    end as touch_type
from company.numbers, range(11) as touches (touch);

create view company.touches as
select
    't' || number as touch_id,
    case when touch >= 3 then 'p' || person end as person_id,
    case when touch < 5 then 'v' || person end as anonymous_id,
    touched_at,
    touch_type,
    case
        when touch_type in ('content', 'webinar', 'event')
            then 'c' || hash(number, 'campaign') % (100 + getvariable('people') // 1000)
    end as campaign_id,
    case
        when touch_type = 'ad_click' then pick(['google', 'linkedin', 'bing'], number, 's')
        when touch_type = 'web_session' and draw(number, 'utm') < 0.4
            then pick(['google', 'linkedin', 'newsletter', 'facebook'], number, 's')
    end as utm_source,
    case
        when touch_type = 'ad_click' then 'cpc'
        when touch_type = 'web_session' and draw(number, 'utm') < 0.4
            then pick(['cpc', 'social', 'email', 'paid_social'], number, 's')
    end as utm_medium,
    case
        when touch_type = 'ad_click' or draw(number, 'utm') < 0.4
            then 'campaign-'
                || hash(number, 'campaign') % (100 + getvariable('people') // 1000)
    end as utm_campaign,
    case
        when touch_type = 'web_session' and draw(number, 'referrer') < 0.5
            then pick(
                ['https://www.google.com/', 'https://news.example/', 'https://t.co/x'],
                number, 'r'
            )
    end as referrer,
    'https://www.us.example/page/' || hash(number, 'page') % 200 as landing_page
from company.touch_moments
where is_in(touched_at);

create view company.email_events as
select
    'e' || person || '-' || mail || '-' || event_type as email_event_id,
    'p' || person as person_id,
    'c' || hash(person // 1000, mail) % (100 + getvariable('people') // 1000)
        as campaign_id,
    event_type,
    case when event_type = 'bounce' then 'hard' end as bounce_type,
    occurred_at
from (
    select
        numbers.person,
        mails.mail,
        unnest(['sent', 'delivered', 'open', 'click', 'bounce', 'unsubscribe'])
            as event_type,
        unnest([1.0, 0.98, 0.35, 0.06, 0.02, 0.01]) as share,
        numbers.created_at + days(3 + mails.mail * 40)
            + to_minutes(generate_subscripts([1, 2, 3, 4, 5, 6], 1)::int) as occurred_at
    from company.numbers, range(2) as mails (mail)
)
where
    draw(person * 2 + mail, if(event_type = 'bounce', 'delivered', event_type))
    between if(event_type = 'bounce', 0.98, 0) and if(event_type = 'bounce', 1, share)
    and is_in(occurred_at);

create view company.consent_events as
select
    'p' || person as person_id,
    'email' as channel,
    'marketing' as purpose,
    case when draw(person, 'opt') < 0.9 then 'opt_in' else 'opt_out' end as status,
    'consent' as lawful_basis,
    created_at + interval 1 minute as occurred_at,
    'form /demo' as evidence
from company.numbers
where person % 2 = 0 and is_in(created_at + interval 1 minute);

create view company.days as
select day::date as day
from range(timestamp '2024-11-01', getvariable('cut_at'), interval 1 day) as days (day)
where is_in(day);

create view company.spend as
select
    day as spend_date,
    'agency' as platform,
    channel,
    (hash(day, channel) % 90000 / 100.0 * getvariable('people') / 10000)::decimal(18, 2)
        as amount,
    'USD' as currency,
    (hash(day, channel) % 9000)::bigint as impressions,
    (hash(day, channel) % 900)::bigint as clicks,
    'media' as cost_type
from company.days,
    unnest(['paid_search', 'paid_social', 'event', 'webinar', 'email']) as channels (channel);

create view company.budgets as
select
    day as month, channel, 10000 as amount, 'USD' as currency
from company.days,
    unnest(['paid_search', 'paid_social', 'event', 'webinar', 'email']) as channels (channel)
where day(day) = 1;

create view company.exchange_rates as
select day as rate_date, currency, 1 as usd_per_unit
from company.days, unnest(['USD', 'EUR']) as currencies (currency);

create view company.payments as
select
    'pay' || person || '-' || number as payment_id,
    'a' || account as account_id,
    'o' || person as opportunity_id,
    'payment' as kind,
    (500 + hash(person, 'amount') % 9000)::decimal(18, 2) as amount,
    (100 + hash(person, 'amount') % 900)::decimal(18, 2) as cost_of_revenue,
    'USD' as currency,
    closed_at + to_days((30 * number)::int) as paid_at
from company.steps, range(12) as numbers (number)
where is_won and is_in(closed_at + to_days((30 * number)::int));

create view company.subscriptions as
select
    'sub' || person as subscription_id,
    'a' || account as account_id,
    'Business' as plan,
    (500 + hash(person, 'amount') % 9000)::decimal(18, 2) as mrr,
    'USD' as currency,
    closed_at::date as started_on,
    (40 + hash(person, 'health') % 60)::double as health_score
from company.steps
where is_won and is_in(closed_at);

create view company.enrichments as
select
    'firm' || account || '.example' as domain,
    industry,
    employee_count,
    annual_revenue,
    country,
    'datapeak' as vendor,
    created_at + interval 1 hour as enriched_at
from (
    select *, substr(account_id, 2) as account from company.accounts
)
where hash(account_id, 'enriched') % 2 = 0;

create view company.intent_signals as
select
    'firm' || account || '.example' as domain,
    pick(['planning', 'budgeting', 'forecasting'], account, week) as topic,
    (hash(account, week, 'score') % 100)::double as score,
    'topicwatch' as vendor,
    observed_on
from (
    select distinct account from company.numbers
) as accounts,
    lateral (
        select
            unnest(range(4)) as week,
            date '2024-11-01'
            + (hash(account, 'seen') % 700 + 7 * unnest(range(4)))::int as observed_on
    ) as weeks
where is_in(observed_on::timestamp);
