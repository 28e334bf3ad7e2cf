{# The most ids that one list is read to; HubSpot itself stops at 250 merges of a contact.
   A test fails on a longer list, so that none is cut unseen. #}
{% macro max_listed_ids() -%}
    1000
{%- endmacro %}
