{# A percent-encoded value as text; what cannot be decoded stays as it is. #}
{% macro url_decode(value) -%}
    {{ return(adapter.dispatch('url_decode')(value)) }}
{%- endmacro %}

{% macro default__url_decode(value) -%}
    coalesce(try(url_decode({{ value }})), {{ value }})
{%- endmacro %}

{% macro spark__url_decode(value) -%}
    coalesce(try_url_decode({{ value }}), {{ value }})
{%- endmacro %}
