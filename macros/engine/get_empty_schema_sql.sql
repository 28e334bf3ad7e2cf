{# The columns of a contract as an empty relation: Spark has no varchar without a length. #}
{% macro spark__get_empty_schema_sql(columns) -%}
    {%- set spelled = {} -%}
    {%- for name, column in columns.items() -%}
        {%- do spelled.update({name: dict(
            column, data_type=column['data_type'] | replace('varchar', 'string')
        )}) -%}
    {%- endfor -%}
    {{ return(default__get_empty_schema_sql(spelled)) }}
{%- endmacro %}
