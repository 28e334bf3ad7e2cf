{# How many rows share both of two numbers, of those that have the first. #}
{% macro shared_rows(relation, number, other_number) -%}
    select coalesce(sum(rows_of_one), 0) as row_count
    from (
        select count(*) as rows_of_one
        from {{ relation }}
        where {{ number }} {{ adapter.dispatch('may_be_shared')(relation, number) }}
        group by
            {{ number }},
            {{ other_number }}
        having count(*) > 1
    ) as shared_numbers
{%- endmacro %}

{# What a number is that another row may have, too. DuckDB sorts numbers in half the time
   in which it groups by them, where most are there once, and groups what is left, which
   is nothing as a rule; Spark would sort them all in one task. #}
{% macro default__may_be_shared(relation, number) -%}
    in (
            select {{ number }}
            from (
                select
                    {{ number }},
                    lag({{ number }}) over (order by {{ number }}) as last_number
                from {{ relation }}
                where {{ number }} is not null
            ) as neighbours
            where {{ number }} = last_number
        )
{%- endmacro %}

{% macro spark__may_be_shared(relation, number) -%}
    is not null
{%- endmacro %}
