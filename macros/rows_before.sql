{# The rows that an incremental model held before this build; none in its first one. #}
{% macro rows_before(columns) -%}
    select
        {%- for name, data_type in columns.items() %}
        cast({{ name if is_incremental() else 'null' }} as {{ data_type }}) as {{ name }}
            {{- ',' if not loop.last }}
        {%- endfor %}
    {%- if is_incremental() %}
    from {{ this }}
    {%- else %}
    where false
    {%- endif %}
{%- endmacro %}
