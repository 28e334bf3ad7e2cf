{#-
    The values that records hold in a field that is on a picklist, in another spelling
    than the picklist keeps, and that spelling. Reads records, picklists in force and
    picklist_values of its caller; of fields that are on no picklist no record is read.
-#}
{% macro kept_spellings(entity) -%}
    with

    record_values as (

        {%- for field in golden_fields(entity) %}
        select distinct
            picklists.field,
            picklists.picklist,
            cast(records.{{ field }} as string) as field_value
        from records
        cross join picklists
        where picklists.field = '{{ field }}'
        {%- if not loop.last %}
        union all
        {%- endif %}
        {%- endfor %}

    )

    select
        record_values.field,
        record_values.field_value,
        picklist_values.picklist_value
    from record_values
    inner join picklist_values
        on
            record_values.picklist = picklist_values.field
            and {{ picklist_key('record_values.field_value') }}
            = picklist_values.synonym
    where record_values.field_value != picklist_values.picklist_value
{%- endmacro %}
