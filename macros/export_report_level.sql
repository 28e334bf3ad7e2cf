{#- What the row of a platform's own report is about, by the columns that it fills. -#}
{% macro export_report_level() -%}
    case
        when {{ clean_text('coalesce(ad_id, ad_name)') }} is not null then 'ad'
        when {{ clean_text('coalesce(adset_id, adset_name)') }} is not null
            then 'ad_set'
        when {{ clean_text('coalesce(campaign_id, campaign_name)') }} is not null
            then 'campaign'
        else 'account'
    end
{%- endmacro %}
