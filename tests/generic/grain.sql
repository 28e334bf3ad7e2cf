{# What a relation is one row per, and which of its columns are never null: each key that
   rows share, and each column that is null, with in how many rows. Keys are columns with
   commas between, and semicolons between one key and the next; a key of one column may
   be null. One test a relation, like never_null; DuckDB computes a view once for all.
   Keys are held against each other by numbers that stand for them, which are compared
   faster than texts. #}
{% test grain(model, keys, never_null) %}
{%- set filled = never_null.split(', ') %}
{%- set names = keys.split('; ') %}

with

checked_rows as {{ materialized_cte() if is_view(model) }} (

    select
        {%- for name in names %}
        {%- set prints = key_prints(name.split(', '), filled) %}
        {{ prints[0] }} as print_{{ loop.index }},
        {{ prints[1] }} as reverse_{{ loop.index }},
        {%- endfor %}
        {%- for name in filled %}
        case when {{ name }} is not null then true end as {{ name }},
        {%- endfor %}
        1 as one
    from {{ model }}

),

{{ null_findings('checked_rows', never_null) }},

{% for name in names %}
shared_key_{{ loop.index }} as (

    {{ shared_rows('checked_rows', 'print_' ~ loop.index, 'reverse_' ~ loop.index) }}

),

{% endfor %}
findings as (

    select * from null_findings
    {%- for name in names %}
    union all
    select
        '{{ name }} is shared' as finding,
        row_count
    from shared_key_{{ loop.index }}
    where row_count > 0
    {%- endfor %}

)

select * from findings

{% endtest %}
