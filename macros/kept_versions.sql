{# The versions that a snapshot held as current before this build; none in its first one. #}
{% macro kept_versions(columns) -%}
    {%- set kept = none -%}
    {%- if execute -%}
        {%- set kept = adapter.get_relation(
            this.database, this.schema, this.identifier
        ) -%}
    {%- endif %}
    select
        {%- for name, data_type in columns.items() %}
        cast({{ name if kept else 'null' }} as {{ data_type }}) as {{ name }}
            {{- ',' if not loop.last }}
        {%- endfor %}
    {%- if kept %}
    from {{ this }}
    where dbt_valid_to is null
    {%- else %}
    where false
    {%- endif %}
{%- endmacro %}
