{# When rows of a raw table were last landed, or of its whole source, for
   `dbt source freshness`. What no file ever came for is not in use, so it is not late. #}
{% macro last_landed_at(relation, of_table=false) -%}
    select
        coalesce(
            max(loaded_at),
            {{ run_started() }}
        ) as last_landed_at
    from raw_meta.loads
    where
        'raw_' || source = '{{ relation.schema }}'
        {%- if of_table %}
        and table_name = '{{ relation.identifier }}'
        {%- endif %}
{%- endmacro %}
