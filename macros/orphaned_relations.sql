{# Warns of relations in the schemas of models that no model makes any more, or drops
   them: dbt run-operation orphaned_relations --args '{drop: true}'. It drops nothing
   unasked, since some models keep what no build brings back. #}
{% macro orphaned_relations(drop=false) -%}
    {%- set schemas = [] -%}
    {%- set made = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' -%}
        {%- do schemas.append(node.schema) -%}
        {%- do made.append(node.schema ~ '.' ~ node.alias) -%}
    {%- endfor -%}
    {%- set found -%}
        select
            table_schema,
            table_name,
            table_type
        from information_schema.tables
        where
            table_catalog = '{{ target.database }}'
            and table_schema in ('{{ schemas | unique | sort | join("', '") }}')
        order by
            table_schema,
            table_name
    {%- endset -%}
    {%- for schema, name, table_type in run_query(found).rows -%}
        {%- if schema ~ '.' ~ name not in made -%}
            {%- if drop -%}
                {%- do adapter.drop_relation(api.Relation.create(
                    database=target.database,
                    schema=schema,
                    identifier=name,
                    type='view' if table_type == 'VIEW' else 'table'
                )) -%}
                {%- do log('dropped: ' ~ schema ~ '.' ~ name, info=true) -%}
            {%- else -%}
                {%- do exceptions.warn(
                    schema ~ '.' ~ name ~ ' is made by no model any more: drop it with '
                    ~ "dbt run-operation orphaned_relations --args '{drop: true}'"
                ) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
