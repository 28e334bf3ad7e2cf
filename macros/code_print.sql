{# A text that stands for the code of some models and of what macros say in them, so that
   rows which an earlier version made are told from those of this one. Models are looked
   up by name: to go through all nodes would take longer than a query. #}
{% macro code_print(models, said=()) -%}
    {%- set codes = [] -%}
    {%- if execute -%}
        {%- for name in models -%}
            {%- do codes.append(
                graph.nodes['model.' ~ project_name ~ '.' ~ name].raw_code
            ) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(local_md5((codes + said | list) | join('\n'))) }}
{%- endmacro %}
