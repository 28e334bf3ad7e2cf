{# Takes out of an incremental model the rows of journeys that are no longer what they
   were: for its pre-hook, in the transaction that adds them as they are now. #}
{% macro drop_stale_journeys() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        {%- if keeps_journeys() %}
            where journey_print not in (
                select journey_print from {{ ref('int_attribution__journeys') }}
                where journey_print is not null
            )
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
