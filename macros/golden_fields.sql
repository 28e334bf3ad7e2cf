{# The fields of a golden person or account that its records decide, as these name them. #}
{% macro golden_fields(entity) -%}
    {{ return({
        'people': [
            'email',
            'first_name',
            'last_name',
            'title',
            'company_name',
            'phone',
            'country',
            'state',
            'industry',
            'employee_count',
            'account_record_id',
            'owner_id',
            'lead_source',
        ],
        'accounts': [
            'account_name',
            'domain',
            'industry',
            'employee_count',
            'annual_revenue',
            'country',
            'state',
            'owner_id',
        ],
    }[entity]) }}
{%- endmacro %}

{# Those of them that are texts, which a picklist may spell. #}
{% macro golden_texts(entity) -%}
    {{ return(golden_fields(entity) | reject('in', golden_numbers()) | list) }}
{%- endmacro %}

{# The others, with their types. #}
{% macro golden_numbers() -%}
    {{ return({'employee_count': 'integer', 'annual_revenue': 'decimal(28, 6)'}) }}
{%- endmacro %}

{# Each of a list of columns by a template, which has one {} or more in its place. #}
{% macro each_column(columns, template='{}', between=',') -%}
    {%- for column in columns -%}
    {{ template | replace('{}', column) }}
    {{- between ~ '\n        ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
