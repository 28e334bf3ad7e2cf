{#-
    Whether an exported report tells of the money of a cost: that of the same campaign of
    the same account, or of one that is not known. A like name does not make one of two
    campaigns with ids of their own.
-#}
{% macro tells_of(report, cost) -%}
    {{ cost }}.platform = {{ report }}.platform
    and {{ cost }}.campaign_key = {{ report }}.campaign_key
    and coalesce({{ cost }}.ad_account_id = {{ report }}.ad_account_id, true)
    and coalesce({{ cost }}.unsettled_account = {{ report }}.unsettled_account, true)
    and not (
        {{ cost }}.is_by_name and {{ cost }}.has_own_id and {{ report }}.has_own_id
    )
{%- endmacro %}
