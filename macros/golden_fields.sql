{# The fields of a golden person or account that its records decide, as these name them.
   One more stands in the records (int_core__golden_*_records) and in the last columns of
   int_core__golden_people or int_core__golden_accounts, too. #}
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

{# Those of them that are numbers, with their types. #}
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
