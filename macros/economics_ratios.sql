{# The ratios of the economics, from their summed parts: here alone they are divided. A
   ratio without a denominator is null, and so is the cost of what nothing was spent on:
   no spend on record is no price of 0. #}
{% macro economics_ratios() -%}
    cast(spend_usd as decimal(28, 6)) as spend_usd,
        nullif(cast(spend_usd as double), 0) / nullif(cast(mqls as double), 0)
            as cost_per_mql_usd,
        nullif(cast(spend_usd as double), 0) / nullif(cast(opportunities as double), 0)
            as cost_per_opportunity_usd,
        nullif(cast(spend_usd as double), 0) / nullif(cast(new_customers as double), 0)
            as cac_usd,
        cast(attributed_margin_usd - spend_usd as double)
        / nullif(cast(spend_usd as double), 0) as romi,
        cast(attributed_revenue_usd as double) / nullif(cast(spend_usd as double), 0)
            as revenue_per_usd,
        cast(contribution_margin_usd as decimal(28, 2)) as contribution_margin_usd,
        nullif(cast(spend_usd as double), 0)
        / nullif(cast(new_customers as double), 0)
        / case when monthly_margin_usd > 0 then
            cast(monthly_margin_usd as double)
            / nullif(cast(margin_customers as double), 0)
        end as payback_months
{%- endmacro %}
