-- A check looks at each record of its kind once: none is left out, none comes twice.

{{ config(group='quality') }}

with

looked_at as (

    select
        check_name,
        cast(sum(denominator) as bigint) as records
    from {{ ref('int_quality__check_sums') }}
    group by check_name

),

people as (

    select count(*) as records from {{ ref('dim_person_profiles') }}

),

person_records as (

    select
        count(*) as records,
        count_if(is_standing) as standing_records
    from {{ ref('bridge_person_records') }}

),

accounts as (

    select count(*) as records from {{ ref('dim_accounts') }}

),

opportunities as (

    select count(*) as records from {{ ref('fct_opportunities') }}

),

touchpoints as (

    select
        count(*) as records,
        count(campaign_id) as campaign_touches,
        count_if(is_tagged) as tagged_touches
    from {{ ref('fct_touchpoints') }}

),

expected as (

    select
        checked.check_name,
        case checked.kind
            when 'people' then people.records
            when 'records' then person_records.records
            when 'standing_records' then person_records.standing_records
            when 'accounts' then accounts.records
            when 'opportunities' then opportunities.records
            when 'touches' then touchpoints.records
            when 'campaign_touches' then touchpoints.campaign_touches
            when 'tagged_touches' then touchpoints.tagged_touches
        end as records
    from (
        values
        ('contact_completeness_rate', 'people'),
        ('usable_email_rate', 'people'),
        ('person_enrichment_coverage_rate', 'people'),
        ('accountless_person_share', 'people'),
        ('duplicate_rate', 'records'),
        ('unmerged_duplicate_rate', 'standing_records'),
        ('enrichment_coverage_rate', 'accounts'),
        ('accountless_opportunity_share', 'opportunities'),
        ('peopleless_opportunity_share', 'opportunities'),
        ('unattributed_opportunity_share', 'opportunities'),
        ('anonymous_touch_share', 'touches'),
        ('unknown_channel_share', 'touches'),
        ('unknown_campaign_share', 'campaign_touches'),
        ('utm_compliance_rate', 'tagged_touches')
    ) as checked (check_name, kind)
    cross join people
    cross join person_records
    cross join accounts
    cross join opportunities
    cross join touchpoints

)

select
    expected.check_name,
    expected.records,
    looked_at.records as records_looked_at
from expected
left join looked_at on expected.check_name = looked_at.check_name
where expected.records != coalesce(looked_at.records, 0)
