{# Whether an incremental model lacks a journey as it is now. #}
{% macro is_new_journey() -%}
    journey_print is not null
    {%- if keeps_journeys() %}
        and journey_print not in (
            select distinct journey_print from {{ this }}
            where journey_print is not null
        )
    {%- endif -%}
{%- endmacro %}
