{#-
    The fields of golden records, each in the spelling that its picklist keeps, and the
    joins that find it. Both read spellings of their caller.
-#}
{% macro as_spelled(entity, relation) -%}
    {%- set numbers = golden_numbers() -%}
    {%- for field in golden_fields(entity) -%}
    {%- set spelling = field ~ '_spellings.picklist_value' -%}
    {%- if field in numbers -%}
    {%- set spelling = 'cast(' ~ spelling ~ ' as ' ~ numbers[field] ~ ')' -%}
    {%- endif -%}
    coalesce({{ spelling }}, {{ relation }}.{{ field }}) as {{ field }}
    {{- ',\n        ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{% macro joined_spellings(entity, relation) -%}
    {%- for field in golden_fields(entity) %}
    left join spellings as {{ field }}_spellings
        on
            cast({{ relation }}.{{ field }} as string)
            = {{ field }}_spellings.field_value
            and {{ field }}_spellings.field = '{{ field }}'
    {%- endfor %}
{%- endmacro %}
