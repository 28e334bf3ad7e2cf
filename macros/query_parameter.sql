{# A parameter of a URL's query string, decoded; an empty one is null. A semicolon
   separates too, since links copied from HTML carry &amp; between parameters. Most URLs
   have no parameter at all, and are not searched for one. #}
{% macro query_parameter(url, parameter) -%}
    {%- set raw -%}
        regexp_extract({{ url }}, '(?i)[?&;]{{ parameter }}=([^&#]*)', 1)
    {%- endset -%}
    case
        when {{ url }} like '%=%'
            then nullif(trim({{ url_decode("replace(" ~ raw ~ ", '+', ' ')") }}), '')
    end
{%- endmacro %}
