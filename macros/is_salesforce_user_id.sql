{# Whether a text is the id of a Salesforce user, landed or not: 005 and 12 or 15 characters
   more; queues have another prefix. False for none. #}
{% macro is_salesforce_user_id(text) -%}
    coalesce(
        regexp_extract(
            trim({{ text }}), '^005([a-zA-Z0-9]{12}|[a-zA-Z0-9]{15})$', 0
        ) != '',
        false
    )
{%- endmacro %}
