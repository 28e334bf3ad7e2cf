{# Seeds on Spark. dbt-spark's own macros know no varchar without a length, and leave it to
   the driver how quotes and backslashes are escaped, which Spark reads as it is set. #}
{% macro seed_type(column_name, position, agate_table, model) -%}
    {%- set named = model['config'].get('column_types', {}).get(column_name) -%}
    {{- return(
        (named or adapter.convert_type(agate_table, position))
        | replace('varchar', 'string') | replace('text', 'string')
    ) -}}
{%- endmacro %}

{% macro seed_literal(value) -%}
    {%- set text = value | string | replace("\\", "\x00") -%}
    '{{ text | replace("'", "' || chr(39) || '") | replace("\x00", "' || chr(92) || '") }}'
{%- endmacro %}

{% macro spark__create_csv_table(model, agate_table) -%}
    {%- set sql -%}
        create table {{ this.render() }} (
            {%- for name in agate_table.column_names %}
            {{ name }} {{ seed_type(name, loop.index0, agate_table, model) }}
                {{- ',' if not loop.last }}
            {%- endfor %}
        )
        {{ file_format_clause() }}
        {{ location_clause() }}
    {%- endset -%}
    {%- call statement('_') %}{{ sql }}{% endcall -%}
    {{ return(sql) }}
{%- endmacro %}

{% macro spark__load_csv_rows(model, agate_table) -%}
    {%- if not agate_table.rows -%}
        {{ return('') }}
    {%- endif -%}
    {%- set types = [] -%}
    {%- for name in agate_table.column_names -%}
        {%- do types.append(seed_type(name, loop.index0, agate_table, model)) -%}
    {%- endfor -%}
    {%- set sql -%}
        insert into {{ this.render() }} values
        {%- for row in agate_table.rows %}
        (
            {%- for value in row -%}
                {%- if value is none -%}
                    null
                {%- else -%}
                    cast({{ seed_literal(value) }} as {{ types[loop.index0] }})
                {%- endif -%}
                {{- ', ' if not loop.last -}}
            {%- endfor -%}
        ){{ ',' if not loop.last }}
        {%- endfor %}
    {%- endset -%}
    {%- do adapter.add_query(sql, abridge_sql_log=True) -%}
    {{ return(sql) }}
{%- endmacro %}
