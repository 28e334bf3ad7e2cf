{# The positions that a touch of int_attribution__journey_positions holds, as one number;
   0 for none. #}
{% macro positions_held() -%}
    1 * cast(is_first as integer)
        + 2 * cast(is_last as integer)
        + 4 * cast(is_last_non_direct as integer)
        + 8 * cast(is_lead_creation as integer)
        + 16 * cast(is_opportunity_creation as integer)
        + 32 * cast(is_close as integer)
{%- endmacro %}
