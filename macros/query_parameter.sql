{# A parameter of a URL's query string, decoded; an empty one is null. A semicolon
   separates too, since links copied from HTML carry &amp; between parameters. #}
{% macro query_parameter(url, parameter) -%}
    {%- set raw -%}
        regexp_extract({{ url }}, '(?i)[?&;]{{ parameter }}=([^&#]*)', 1)
    {%- endset -%}
    nullif(trim({{ url_decode("replace(" ~ raw ~ ", '+', ' ')") }}), '')
{%- endmacro %}
