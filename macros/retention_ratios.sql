{# How much of a year ago's revenue is kept, with upgrades and without, from its summed
   parts: here alone they are divided. What had no customer a year ago keeps none. #}
{% macro retention_ratios() -%}
    cast(kept_mrr_usd as double) / nullif(cast(year_ago_mrr_usd as double), 0)
            as net_revenue_retention,
        cast(undiminished_mrr_usd as double)
        / nullif(cast(year_ago_mrr_usd as double), 0) as gross_revenue_retention
{%- endmacro %}
