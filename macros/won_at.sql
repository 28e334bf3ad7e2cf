{# When a won opportunity was won: a bare or backdated close date never puts that before
   the creation. #}
{% macro won_at() -%}
    greatest(closed_at, coalesce(created_at, closed_at))
{%- endmacro %}
