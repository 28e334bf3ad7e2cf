{# Where the margin of something is looked up: the payments of its deal, of its account,
   and the policies of its segment and of any that held on its day. Expects the CTEs
   opportunity_margins, account_margins and margin_policies. #}
{% macro margin_joins(relation, day) -%}
    left join opportunity_margins
        on {{ relation }}.opportunity_id = opportunity_margins.opportunity_id
    left join account_margins
        on {{ relation }}.account_id = account_margins.account_id
    left join margin_policies as segment_policies
        on
            {{ relation }}.segment = segment_policies.segment
            and {{ relation }}.{{ day }} >= segment_policies.effective_from
            and {{ relation }}.{{ day }} < segment_policies.effective_to
    left join margin_policies as general_policies
        on
            general_policies.segment = '*'
            and {{ relation }}.{{ day }} >= general_policies.effective_from
            and {{ relation }}.{{ day }} < general_policies.effective_to
{%- endmacro %}
