{# Say what a failed test of grain or never_null found, since dbt says how much only. #}
{% macro name_findings(results) -%}
    {%- for result in results if result.status in ('fail', 'warn') -%}
        {%- set test = result.node.test_metadata -%}
        {%- if test and test.name in ('grain', 'never_null') -%}
            {%- for row in run_query(result.node.compiled_code).rows -%}
                {%- do print(
                    result.node.name ~ ': ' ~ row[0] ~ ' in ' ~ row[1] ~ ' rows'
                ) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
