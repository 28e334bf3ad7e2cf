{#-
    By what the row of a platform's own report tells its parts from each other: ids where
    it has them, else names. Only rows of one shape add up.
-#}
{% macro export_report_shape() -%}
    case
        when {{ clean_text('adset_id') }} is not null then 'i'
        when {{ clean_text('adset_name') }} is not null then 'n'
        else '-'
    end
    || case
        when {{ clean_text('ad_id') }} is not null then 'i'
        when {{ clean_text('ad_name') }} is not null then 'n'
        else '-'
    end
{%- endmacro %}
