{#-
    The rows of a platform's own report, settled, as one per account, campaign, level,
    shape, breakdown, currency and span of days. What has no id is told apart by its name.
-#}
{% macro summed_export_spend(relation) -%}
    select
        source,
        ad_account_id,
        max(ad_account_name) as ad_account_name,
        campaign_id,
        max(campaign_name) as campaign_name,
        report_level,
        report_shape,
        breakdown,
        currency,
        cast(coalesce(sum(spend), 0) as decimal(28, 6)) as spend,
        cast(sum(impressions) as bigint) as impressions,
        cast(sum(clicks) as bigint) as clicks,
        starts_on,
        ends_on
    from {{ relation }}
    group by
        source,
        ad_account_id,
        case when ad_account_id is null then ad_account_name end,
        campaign_id,
        case when campaign_id is null then campaign_name end,
        report_level,
        report_shape,
        breakdown,
        currency,
        starts_on,
        ends_on
{%- endmacro %}
