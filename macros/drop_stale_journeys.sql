{# Takes out of an incremental model the rows of journeys that are no longer what they
   were, and those that hang on all journeys: for its pre-hook, in the transaction that
   adds them as they are now. #}
{% macro drop_stale_journeys() -%}
    {%- if is_incremental() and not keeps_journeys() -%}
        delete from {{ this }}
    {%- elif is_incremental() -%}
        delete from {{ this }}
        where
            journey_print is null
            or journey_print not in (
                select journey_print from {{ ref('int_attribution__journeys') }}
            )
    {%- endif -%}
{%- endmacro %}
