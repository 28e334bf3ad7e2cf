{# A record's key in the warehouse: the source's own id behind the source's name; null
   stays null. A generic file may point at a record of another source by its full key. #}
{% macro source_key(source_name, column) -%}
    {%- if source_name == 'generic' -%}
        case
            when
                {{ column }} like '%:%'
                and regexp_extract(
                    trim({{ column }}),
                    '^(generic|salesforce|hubspot|marketo'
                    || '|google_ads|linkedin_ads|meta_ads|microsoft_ads):.', 0
                ) != ''
                then trim({{ column }})
            else 'generic:' || nullif(trim({{ column }}), '')
        end
    {%- else -%}
        '{{ source_name }}:' || nullif(trim({{ column }}), '')
    {%- endif -%}
{%- endmacro %}
