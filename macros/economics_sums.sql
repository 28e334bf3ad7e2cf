{# The additive parts of the economics, summed over months: exactly, in any order.
   What no touch is credited with has no part in the returns of marketing. #}
{% macro economics_sums() -%}
    sum(spend_usd) as spend_usd,
        sum({{ exact_share('mqls') }}) as mqls,
        sum({{ exact_share('opportunities') }}) as opportunities,
        sum({{ exact_share('new_customers') }}) as new_customers,
        sum({{ exact_share('margin_customers') }}) as margin_customers,
        coalesce(sum(revenue_usd) filter (where channel != 'unattributed'), 0)
            as attributed_revenue_usd,
        coalesce(
            sum(contribution_margin_usd) filter (where channel != 'unattributed'), 0
        ) as attributed_margin_usd,
        sum(contribution_margin_usd) as contribution_margin_usd,
        sum(monthly_margin_usd) as monthly_margin_usd
{%- endmacro %}
