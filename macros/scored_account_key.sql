{# The number that stands for an account among the people and accounts that are scored. A
   source may give a person and an account the same id, so that it is not the account's
   own number. #}
{% macro scored_account_key(account_id) -%}
    {{ number_key(account_id, kind='account') }}
{%- endmacro %}
