{#-
    The texts of golden records, each in the spelling that its picklist keeps, and the
    joins that find it. Both read spellings of their caller.
-#}
{% macro as_spelled(entity, relation) -%}
    {{ each_column(
        golden_texts(entity),
        'coalesce({}_spellings.picklist_value, ' ~ relation ~ '.{}) as {}'
    ) }}
{%- endmacro %}

{% macro joined_spellings(entity, relation) -%}
    {%- for field in golden_texts(entity) %}
    left join spellings as {{ field }}_spellings
        on
            {{ relation }}.{{ field }} = {{ field }}_spellings.field_value
            and {{ field }}_spellings.field = '{{ field }}'
    {%- endfor %}
{%- endmacro %}
