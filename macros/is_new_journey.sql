{# Whether an incremental model lacks a journey as it is now. #}
{% macro is_new_journey() -%}
    {%- if keeps_journeys() -%}
        journey_print not in (
            select journey_print from {{ this }}
            where journey_print is not null
        )
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
