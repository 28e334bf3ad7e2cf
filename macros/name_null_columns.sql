{# Say which columns a failed test never_null found, since dbt says how many only. #}
{% macro name_null_columns(results) -%}
    {%- for result in results if result.status in ('fail', 'warn') -%}
        {%- set test = result.node.test_metadata -%}
        {%- if test and test.name == 'never_null' -%}
            {%- for row in run_query(result.node.compiled_code).rows -%}
                {%- do print(
                    result.node.name ~ ': ' ~ row[0] ~ ' is null in ' ~ row[1] ~ ' rows'
                ) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
