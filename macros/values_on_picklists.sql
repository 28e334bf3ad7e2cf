{# The distinct values that records hold in a field that is on a picklist. Reads picklists
   in force of its caller; of fields that are on none no record is read. #}
{% macro values_on_picklists(entity, records) -%}
    {%- for field in golden_fields(entity) %}
    select distinct
        picklists.entity,
        picklists.field,
        picklists.picklist,
        cast({{ records }}.{{ field }} as string) as field_value
    from {{ records }}
    cross join picklists
    where
        picklists.entity = '{{ entity }}'
        and picklists.field = '{{ field }}'
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
