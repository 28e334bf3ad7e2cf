{#-
    The values that records hold in a field that is on a picklist at as_of, in another
    spelling than the picklist keeps, and that spelling. Reads records of its caller; of
    fields that are on no picklist none is read.
-#}
{% macro kept_spellings(entity) -%}
    with

    picklists_in_force as (

        select
            field,
            min(picklist) as picklist
        from {{ ref('picklists') }}
        where
            entity = '{{ entity }}'
            and {{ in_force() }}
        group by field

    ),

    record_values as (

        {%- for field in golden_texts(entity) %}
        select distinct
            picklists_in_force.field,
            picklists_in_force.picklist,
            records.{{ field }} as field_value
        from records
        cross join picklists_in_force
        where picklists_in_force.field = '{{ field }}'
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
    inner join {{ ref('picklist_values') }} as picklist_values
        on
            record_values.picklist = picklist_values.field
            and {{ picklist_key('record_values.field_value') }}
            = picklist_values.synonym
    where record_values.field_value != picklist_values.picklist_value
{%- endmacro %}
