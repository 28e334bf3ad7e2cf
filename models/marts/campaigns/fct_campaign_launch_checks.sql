-- Grain: one row per campaign and launch check that is asked of its channel.
-- What is missing before the launch may still come; only what is there is told.

with

campaigns as (

    select
        campaign_id,
        channel,
        coalesce(start_date, {{ reporting_date(as_of()) }}) as judged_on
    from {{ ref('dim_campaigns') }}

),

parents as (

    select parent_campaign_id
    from {{ ref('dim_campaigns') }}
    where parent_campaign_id is not null
    group by parent_campaign_id

),

campaign_links as (

    select * from {{ ref('int_campaigns__campaign_links') }}

),

launches as (

    select * from {{ ref('int_campaigns__launches') }}

),

evidence as (

    select * from {{ ref('int_campaigns__launch_evidence') }}

),

launch_checks as (

    select
        *,
        coalesce(effective_to, cast('9999-12-31' as date)) as ends_on
    from {{ ref('launch_checks') }}

),

standing_checks as (

    select
        campaigns.campaign_id,
        launch_checks.*
    from campaigns
    inner join launch_checks
        on
            (
                campaigns.channel = launch_checks.channel
                or launch_checks.channel = '*'
            )
            and campaigns.judged_on >= launch_checks.effective_from
            and campaigns.judged_on < launch_checks.ends_on
    qualify
        row_number() over (
            partition by campaigns.campaign_id, launch_checks.check_name
            order by
                case when launch_checks.channel = '*' then 2 else 1 end,
                launch_checks.launch_check_id
        ) = 1

),

campaign_launch_checks as (

    select
        concat_ws('#', evidence.campaign_id, evidence.check_name)
            as campaign_launch_check_id,
        evidence.campaign_id,
        evidence.check_name,
        standing_checks.launch_check_id,
        case
            when evidence.missed_share <= standing_checks.tolerated_share
                then 'passed'
            when not launches.has_launched or evidence.missed_share is null
                then 'not_yet_known'
            else 'failed'
        end as status,
        standing_checks.severity,
        standing_checks.owner,
        standing_checks.description,
        evidence.evidence,
        standing_checks.fix,
        launches.launched_at
    from evidence
    inner join standing_checks
        on
            evidence.campaign_id = standing_checks.campaign_id
            and evidence.check_name = standing_checks.check_name
    inner join campaign_links on evidence.campaign_id = campaign_links.campaign_id
    inner join launches on campaign_links.link_campaign = launches.link_campaign
    left join parents on evidence.campaign_id = parents.parent_campaign_id
    where
        standing_checks.is_required
        and (
            parents.parent_campaign_id is null or standing_checks.is_asked_of_parents
        )

)

select * from campaign_launch_checks
