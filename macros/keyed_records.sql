{# The records of a CTE once for each key that they have, behind its kind. #}

{% macro keyed_records(cte, keys) -%}
    {%- for kind, key in keys.items() %}
    select
        person_record_id,
        unit_id,
        '{{ kind }}:' || {{ key }} as block_key
    from {{ cte }}
    where {{ key }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
