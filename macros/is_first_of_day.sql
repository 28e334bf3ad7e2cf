{# Whether a table of daily rows takes a row: it has neither that day of its key nor a
   later one. Days still to come, of a build as of one, hold nothing back. #}
{% macro is_first_of_day(relation, key, day) -%}
    {%- if is_incremental() -%}
        not exists (
            select 1
            from {{ this }} as kept_rows
            where
                kept_rows.{{ key }} = {{ relation }}.{{ key }}
                and kept_rows.{{ day }} >= {{ relation }}.{{ day }}
                and (
                    kept_rows.{{ day }} = {{ relation }}.{{ day }}
                    or kept_rows.{{ day }}
                    <= {{ reporting_date(run_started()) }}
                )
        )
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
