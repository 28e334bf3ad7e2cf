{# The text, or yes or no, that the given column of a person or account holds; null for
   a column of numbers. #}
{% macro attribute_text(column_name, attributes) -%}
    case {{ column_name }}
        when 'country' then lower({{ attributes }}.country)
        when 'email_domain' then lower({{ attributes }}.email_domain)
        when 'industry' then lower({{ attributes }}.industry)
        when 'is_freemail' then cast({{ attributes }}.is_freemail as string)
        when 'lead_source' then lower({{ attributes }}.lead_source)
        when 'segment' then lower({{ attributes }}.segment)
        when 'seniority' then lower({{ attributes }}.seniority)
        when 'territory' then lower({{ attributes }}.territory)
        when 'title' then lower({{ attributes }}.title)
    end
{%- endmacro %}
