{# What int_finance__credit_months credits a channel or campaign with: money by the names
   that end in _usd, counts by the others. #}
{% macro credited_parts() -%}
    {{ return([
        'mqls', 'opportunities', 'won_deals', 'new_customers', 'margin_customers',
        'pipeline_usd', 'revenue_usd', 'contribution_margin_usd', 'monthly_margin_usd'
    ]) }}
{%- endmacro %}
