{# How many rows share both of two numbers, of those that have them. DuckDB sorts numbers
   in half the time in which it groups by them, where most are there once; Spark would
   sort them all in one task. #}
{% macro shared_rows(relation, number, other_number) -%}
    {{ return(adapter.dispatch('shared_rows')(relation, number, other_number)) }}
{%- endmacro %}

{% macro default__shared_rows(relation, number, other_number) -%}
    select count(*) as row_count
    from (
        select
            {{ number }},
            {{ other_number }},
            lag({{ number }}) over in_order as last_number,
            lag({{ other_number }}) over in_order as last_other,
            lead({{ number }}) over in_order as next_number,
            lead({{ other_number }}) over in_order as next_other
        from {{ relation }}
        where {{ number }} is not null
        window in_order as (order by {{ number }}, {{ other_number }})
    ) as neighbours
    where
        ({{ number }} = last_number and {{ other_number }} = last_other)
        or ({{ number }} = next_number and {{ other_number }} = next_other)
{%- endmacro %}

{% macro spark__shared_rows(relation, number, other_number) -%}
    select coalesce(sum(rows_of_one), 0) as row_count
    from (
        select count(*) as rows_of_one
        from {{ relation }}
        where {{ number }} is not null
        group by
            {{ number }},
            {{ other_number }}
        having count(*) > 1
    ) as shared_numbers
{%- endmacro %}
