{# The parts of fct_retention_months that a report of customers sums, exactly. #}
{% macro retention_sums() -%}
    sum({{ exact_share('customers') }}) as customers,
        sum({{ exact_share('year_ago_customers') }}) as year_ago_customers,
        sum({{ exact_share('kept_customers') }}) as kept_customers,
        sum(mrr_usd) as mrr_usd,
        sum(year_ago_mrr_usd) as year_ago_mrr_usd,
        sum(kept_mrr_usd) as kept_mrr_usd,
        sum(undiminished_mrr_usd) as undiminished_mrr_usd,
        sum(monthly_margin_usd) as monthly_margin_usd
{%- endmacro %}
