{# A text that stands for the code of the models of a folder, so that rows which an
   earlier version made are told from those of this one. #}
{% macro code_print(folder) -%}
    {%- set codes = [] -%}
    {%- if execute -%}
        {%- for node in graph.get('nodes', {}).values() | sort(attribute='unique_id') -%}
            {%- if node.resource_type == 'model'
                and node.original_file_path.startswith(folder) -%}
                {%- do codes.append(node.raw_code) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(local_md5(codes | join('\n'))) }}
{%- endmacro %}
