{# The host of a URL in lower case, without scheme, user, port and a leading www; a
   relative address has none. #}
{% macro url_host(url) -%}
    {%- set before -%}
        (?:[a-z][a-z0-9+.-]*://|//)?(?:[^/?#@]*@)?(?:www[0-9]*[.])?
    {%- endset -%}
    {%- set label = '[^/?#:@ .]+' -%}
    nullif(
        regexp_extract(
            lower(trim({{ url }})),
            '^{{ before }}({{ label }}(?:[.]{{ label }})+)', 1
        ), ''
    )
{%- endmacro %}
