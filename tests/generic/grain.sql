{# What a relation is one row per, and which of its columns are never null: each key that
   rows share, and each column that is null, with in how many rows. Keys are columns with
   commas between, and semicolons between one key and the next; a key of one column may
   be null. One test a relation, like never_null; DuckDB computes a view once
   for all. #}
{% test grain(model, keys, never_null) %}
{%- set names = keys.split('; ') %}
{%- set columns = (names | join(', ')).split(', ') + never_null.split(', ') %}
{%- set rows = 'checked_rows' if is_view(model) else model %}

with

{% if rows != model -%}
checked_rows as {{ materialized_cte() }} (

    select {{ columns | unique | join(', ') }} from {{ model }}

),
{%- endif %}

{{ null_findings(rows, never_null) }},

shared_keys as (
    {% for name in names %}
    select
        '{{ name }} is shared' as finding,
        count(*) as row_count
    from {{ rows }}
    {%- if ',' not in name %}
    where {{ name }} is not null
    {%- endif %}
    group by {{ name }}
    having count(*) > 1
    {% if not loop.last -%} union all {%- endif -%}
    {% endfor %}

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
