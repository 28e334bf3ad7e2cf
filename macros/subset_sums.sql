{# For each set of a relation the sums over all sets that lie in it: one window per
   player adds to each set what stands at the set without that player. Sets are numbers
   whose bits are the players. #}
{% macro subset_sums(relation, key, set_column, measures, players) -%}
    {%- for player in range(players) %}
    {%- set bit = 2 ** player %}
    {%- set before = relation if loop.first else 'sums_%d' % (player - 1) %}
    sums_{{ player }} as {{ materialized_cte() }} (

        select
            {{ key }},
            {{ set_column }},
            {%- for measure in measures %}
            sum({{ measure }}) over without_{{ player }} as {{ measure }}
                {{- ',' if not loop.last }}
            {%- endfor %}
        from {{ before }}
        window without_{{ player }} as (
            partition by {{ key }}, {{ set_column }} - ({{ set_column }} & {{ bit }})
            order by {{ set_column }}
            rows between unbounded preceding and current row
        )

    ),
    {%- endfor %}
    subset_sums as (

        select * from sums_{{ players - 1 }}

    )
{%- endmacro %}
