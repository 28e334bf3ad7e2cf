{# The number that stands for an account among the people and accounts that are scored;
   null for none. A source may give a person and an account the same id, so that it is
   not the account's number_key. #}
{% macro scored_account_key(account_id) -%}
    case
        when {{ account_id }} is not null
            then {{ content_print(["'account'", account_id]) }}
    end
{%- endmacro %}
