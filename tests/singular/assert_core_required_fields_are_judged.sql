-- Each field that the seed required_fields asks of people is one that completeness
-- judges: int_core__required_person_fields has a column needs_<field> for it. Of any
-- other, fct_missing_fields would say that everybody lacks it.

{{ config(group='core') }}
-- depends_on: {{ ref('int_core__required_person_fields') }}

with

required_fields as (

    select
        required_field_id,
        field
    from {{ ref('required_fields') }}
    where entity = 'people'

),

judged_fields as (

    {% set columns = adapter.get_columns_in_relation(
        ref('int_core__required_person_fields')
    ) if execute else [] -%}
    {% for column in columns -%}
        select '{{ column.name | lower | replace("needs_", "", 1) }}' as field
        union all
    {% endfor -%}
    select cast(null as varchar) as field

),

unjudged_fields as (

    select
        required_fields.required_field_id,
        required_fields.field,
        'people.' || required_fields.field || ' cannot be required: neither '
        || 'dim_person_profiles.is_complete nor fct_missing_fields looks at it'
            as fault
    from required_fields
    left join judged_fields
        on required_fields.field = judged_fields.field
    where judged_fields.field is null

)

select * from unjudged_fields
