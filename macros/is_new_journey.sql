{# Whether an incremental model lacks a journey as it is now. #}
{% macro is_new_journey() -%}
    {%- if is_incremental() -%}
        journey_print not in (select journey_print from {{ this }})
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
