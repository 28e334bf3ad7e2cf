{# The positions of a journey that a touch holds, as one number; 0 for none: 1 first,
   2 last, 4 last of the creditable, 8 lead creation, 16 opportunity creation, 32 close.
   A milestone's touch is the last creditable one at or before it. #}
{% macro positions_held() -%}
    1 * cast(is_creditable and position = 1 as integer)
        + 2 * cast(is_last as integer)
        + 4 * cast(is_creditable and position = creditable_count as integer)
        + 8 * cast(is_creditable and position = lead_position as integer)
        + 16 * cast(is_creditable and position = opportunity_position as integer)
        + 32 * cast(is_creditable and position = close_position as integer)
{%- endmacro %}
