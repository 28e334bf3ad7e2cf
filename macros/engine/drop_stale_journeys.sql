{# Takes out of an incremental model the rows of journeys that are no longer what they
   were: for its post-hook, in the transaction that added them as they are now. Before
   them DuckDB could not add a column that the table of an earlier version lacks. #}
{% macro drop_stale_journeys() -%}
    {{ return(adapter.dispatch('drop_stale_journeys')()) }}
{%- endmacro %}

{% macro default__drop_stale_journeys() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where
            journey_print is null
            or journey_print not in (
                select journey_print from {{ ref('int_attribution__journeys') }}
                where journey_print is not null
            )
    {%- endif -%}
{%- endmacro %}

{# A build overwrites them all. #}
{% macro spark__drop_stale_journeys() -%}
{%- endmacro %}
