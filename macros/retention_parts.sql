{# What fct_retention_months adds up of customers: money by the names that end in _usd,
   counts by the others. #}
{% macro retention_parts() -%}
    {{ return([
        'opening_customers', 'churned_customers', 'customers', 'year_ago_customers',
        'kept_customers', 'opening_mrr_usd', 'new_mrr_usd', 'returned_mrr_usd',
        'expansion_mrr_usd', 'contraction_mrr_usd', 'churned_mrr_usd', 'mrr_usd',
        'year_ago_mrr_usd', 'kept_mrr_usd', 'undiminished_mrr_usd',
        'monthly_margin_usd'
    ]) }}
{%- endmacro %}
