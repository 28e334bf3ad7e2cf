{# All that can be reached from each start over the pairs of a relation, as the CTE walks
   of start_id and reached_id. With a key, pairs of each key are a net of their own; with
   upwards, only ways over greater ids than the start's are gone. #}
{% macro walks(relation, start, next, key=none, upwards=false) -%}
    {{ return(adapter.dispatch('walks')(relation, start, next, key, upwards)) }}
{%- endmacro %}

{% macro default__walks(relation, start, next, key, upwards) -%}
    walks as (

        select
            {%- if key %}
            {{ key }},
            {%- endif %}
            {{ start }} as start_id,
            {{ next }} as reached_id
        from {{ relation }}
        {%- if upwards %}
        where {{ start }} < {{ next }}
        {%- endif %}
        union
        select
            {%- if key %}
            walks.{{ key }},
            {%- endif %}
            walks.start_id,
            {{ relation }}.{{ next }} as reached_id
        from walks
        inner join {{ relation }}
            on
                walks.reached_id = {{ relation }}.{{ start }}
                {%- if key %}
                and walks.{{ key }} is not distinct from {{ relation }}.{{ key }}
                {%- endif %}
                {%- if upwards %}
                and walks.start_id < {{ relation }}.{{ next }}
                {%- endif %}

    )
{%- endmacro %}

{# Spark's recursion knows neither union nor distinct, and would go in circles. So the
   steps are written out and counted, and a way that needs all of them stops the build. #}
{% macro spark__walks(relation, start, next, key, upwards) -%}
    {%- set steps = 12 -%}
    {%- set shared = key ~ ', ' if key else '' -%}
    steps_and_stays as (

        select {{ shared }}{{ start }} as from_id, {{ next }} as to_id, 1 as taken
        from {{ relation }}
        where {{ start }} != {{ next }}
        union
        select {{ shared }}{{ next }} as from_id, {{ next }} as to_id, 0 as taken
        from {{ relation }}

    ),
    walks_1 as (

        select distinct
            {{ shared }}{{ start }} as start_id,
            {{ next }} as reached_id,
            1 as taken
        from {{ relation }}
        {%- if upwards %}
        where {{ start }} < {{ next }}
        {%- endif %}

    ),
    {%- for step in range(2, steps + 1) %}
    {%- set before = 'walks_%d' % (step - 1) %}
    walks_{{ step }} as (

        select
            {%- if key %}
            {{ before }}.{{ key }},
            {%- endif %}
            {{ before }}.start_id,
            steps_and_stays.to_id as reached_id,
            min({{ before }}.taken + steps_and_stays.taken) as taken
        from {{ before }}
        inner join steps_and_stays
            on
                {{ before }}.reached_id = steps_and_stays.from_id
                {%- if key %}
                and {{ before }}.{{ key }} is not distinct from steps_and_stays.{{ key }}
                {%- endif %}
                {%- if upwards %}
                and {{ before }}.start_id < steps_and_stays.to_id
                {%- endif %}
        group by
            {%- if key %}
            {{ before }}.{{ key }},
            {%- endif %}
            {{ before }}.start_id,
            steps_and_stays.to_id

    ),
    {%- endfor %}
    walks as (

        select {{ shared }}start_id, reached_id
        from walks_{{ steps }}
        where
            assert_true(
                taken < {{ steps }},
                'a chain over {{ start }} and {{ next }} has {{ steps }} steps or more'
            ) is null

    )
{%- endmacro %}
