{#
    Whether a connector no longer finds a record in its source. Fivetran marks it deleted,
    or, in history mode, ends its newest version; landing keeps the newest version alone.
#}
{% macro is_removed(relation=none) -%}
    {%- set prefix = relation ~ '.' if relation else '' -%}
    (
        coalesce({{ prefix }}_fivetran_deleted, false)
        or not coalesce({{ prefix }}_fivetran_active, true)
    )
{%- endmacro %}
