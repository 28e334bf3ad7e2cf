{#-
    Golden values, each in the spelling that the picklist of its field keeps. Reads
    golden_values, picklists and picklist_values of its caller.
-#}
{% macro listed_values() -%}
    select
        spelled_values.golden_id,
        spelled_values.field,
        coalesce(picklist_values.picklist_value, spelled_values.field_value)
            as field_value,
        spelled_values.record_key
    from (
        -- A key is made of values on a picklist alone: they are few.
        select
            golden_values.*,
            picklists.picklist,
            case
                when picklists.picklist is not null
                    then {{ picklist_key('golden_values.field_value') }}
            end as spelling
        from golden_values
        left join picklists
            on golden_values.field = picklists.field
    ) as spelled_values
    left join picklist_values
        on
            spelled_values.picklist = picklist_values.picklist
            and spelled_values.spelling = picklist_values.synonym
{%- endmacro %}
