-- Ad accounts that cost something and whose currency no file names: their amounts are
-- taken to be in the reporting currency. Land the history of accounts (of LinkedIn that
-- of campaigns too) with its currency.

{{ config(severity='warn', group='campaigns') }}

with

reports as (

    select
        source,
        ad_account_id,
        currency,
        spend
    from {{ ref('int_campaigns__account_reports') }}
    union all
    select
        source,
        ad_account_id,
        currency,
        spend
    from {{ ref('int_campaigns__campaign_reports') }}
    union all
    select
        source,
        ad_account_id,
        currency,
        spend
    from {{ ref('int_campaigns__ad_group_reports') }}
    union all
    select
        source,
        ad_account_id,
        currency,
        spend
    from {{ ref('int_campaigns__ad_reports') }}

)

select
    source,
    ad_account_id,
    count(*) as rows_without_currency
from reports
where currency is null and spend != 0
group by
    source,
    ad_account_id
