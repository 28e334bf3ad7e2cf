{# The bare domain of a website or e-mail address: https://www.acme.com/x is acme.com. #}
{% macro normalise_domain(column) -%}
    nullif(
        regexp_extract(
            regexp_replace(
                lower(trim({{ column }})),
                '^([a-z]+:)?(//)?([^/?#@]*@)?(www[0-9]*[.])?', ''
            ),
            '^[^/?#:@., ]+([.][^/?#:@., ]+)+', 0
        ), ''
    )
{%- endmacro %}
