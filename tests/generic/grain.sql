{# What a relation is one row per, and which of its columns are never null: each key that
   rows share, and each column that is null, with in how many rows. Keys are columns with
   commas between, and semicolons between one key and the next; a key of one column may
   be null. One test a relation, like never_null; DuckDB computes a view once for all.
   Keys of several columns are held against each other by numbers that stand for them,
   which are counted faster than texts. #}
{% test grain(model, keys, never_null) %}
{%- set filled = never_null.split(', ') %}
{%- set names = keys.split('; ') %}

with

checked_rows as {{ materialized_cte() if is_view(model) }} (

    select
        {%- for name in names if ',' in name %}
        {%- set prints = key_prints(name.split(', '), filled) %}
        {{ prints[0] }} as print_{{ loop.index }},
        {{ prints[1] }} as reverse_{{ loop.index }},
        {%- endfor %}
        {%- for name in names if ',' not in name %}
        {{ name }},
        {%- endfor %}
        {%- for name in filled if name not in names %}
        case when {{ name }} is not null then true end as {{ name }},
        {%- endfor %}
        1 as one
    from {{ model }}

),

{{ null_findings('checked_rows', never_null) }},

shared_keys as (
    {% for name in names if ',' in name %}
    select
        '{{ name }} is shared' as finding,
        count(*) as row_count
    from checked_rows
    group by
        print_{{ loop.index }},
        reverse_{{ loop.index }}
    having count(*) > 1
    union all
    {%- endfor %}
    {% for name in names if ',' not in name %}
    select
        '{{ name }} is shared' as finding,
        count(*) as row_count
    from checked_rows
    where {{ name }} is not null
    group by {{ name }}
    having count(*) > 1
    union all
    {%- endfor %}
    select
        null as finding,
        0 as row_count
    from checked_rows
    where false

),

findings as (

    select * from null_findings
    union all
    select
        finding,
        sum(row_count) as row_count
    from shared_keys
    group by finding

)

select * from findings

{% endtest %}
