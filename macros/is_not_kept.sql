{# Whether a table that only ever grows has no row yet with a row's values in these
   columns. #}
{% macro is_not_kept(relation, columns) -%}
    {%- if is_incremental() -%}
        not exists (
            select 1
            from {{ this }} as kept_rows
            where
                {% for column in columns -%}
                    kept_rows.{{ column }} = {{ relation }}.{{ column }}
                    {%- if not loop.last %} and {% endif %}
                {%- endfor %}
        )
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
