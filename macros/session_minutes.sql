{# Minutes without a page view after which the next one begins another visit. #}
{% macro session_minutes() -%}
    30
{%- endmacro %}
