{# A snapshot on Spark in Parquet files, which no merge can change: the versions are written
   anew beside the old ones, and take their place. #}
{% materialization snapshot, adapter='spark' -%}
    {%- set kept = load_relation(this) -%}
    {%- set strategy = strategy_dispatch(config.get('strategy'))(
        model, 'snapshotted_data', 'source_data', model['config'], kept is not none
    ) -%}
    {%- if kept is none -%}
        {%- call statement('main') -%}
            {{ create_table_as(
                False, this, build_snapshot_table(strategy, model['compiled_code'])
            ) }}
        {%- endcall -%}
    {%- else -%}
        {%- set names = adapter.get_columns_in_relation(this) | map(attribute='name') | list -%}
        {%- set changes = this.incorporate(path={'identifier': this.identifier ~ '__changes'}) -%}
        {%- set versions = this.incorporate(path={'identifier': this.identifier ~ '__new'}) -%}
        {%- do run_query('drop table if exists ' ~ changes) -%}
        {%- do run_query('drop table if exists ' ~ versions) -%}
        {%- do run_query(create_table_as(
            False, changes, snapshot_staging_table(strategy, model['compiled_code'], this)
        )) -%}
        {%- call statement('main') -%}
            {{ create_table_as(False, versions, snapshot_versions(this, changes, names)) }}
        {%- endcall -%}
        {%- do run_query('drop table ' ~ this) -%}
        {%- do run_query('alter table ' ~ versions ~ ' rename to ' ~ this) -%}
        {%- do run_query('drop table ' ~ changes) -%}
    {%- endif -%}
    {{ return({'relations': [this]}) }}
{%- endmaterialization %}

{# The versions of a snapshot after the changes of a build. #}
{% macro snapshot_versions(kept, changes, names) -%}
    select
        {%- for name in names %}
        {%- if name == 'dbt_valid_to' %}
        coalesce(kept.dbt_valid_to, ended.dbt_valid_to) as dbt_valid_to
        {%- else %}
        kept.{{ name }}
        {%- endif %}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ kept }} as kept
    left join {{ changes }} as ended
        on
            kept.dbt_scd_id = ended.dbt_scd_id
            and ended.dbt_change_type in ('update', 'delete')
    union all
    select {{ names | join(', ') }}
    from {{ changes }}
    where dbt_change_type = 'insert'
{%- endmacro %}
