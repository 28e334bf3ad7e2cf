{# The host of a URL in lower case, without scheme, user, port and a leading www; a
   relative address has none. #}
{% macro url_host(url) -%}
    {%- set label = '[^/?#:@ .]+' -%}
    nullif(
        regexp_extract(
            regexp_replace(
                lower(trim({{ url }})),
                '^([a-z][a-z0-9+.-]*://|//)?([^/?#@]*@)?(www[0-9]*[.])?', ''
            ),
            '^{{ label }}([.]{{ label }})+', 0
        ), ''
    )
{%- endmacro %}
