{# Whether a row's value meets its criterion: columns operator, given_text and given_number
   beside text_value and number_value, and given_days beside time_value where times are
   judged. What is unknown meets no criterion but is_not and is_empty. #}
{% macro is_met(with_times=false) -%}
    {%- set value -%}
        coalesce(text_value, cast(number_value as string)
        {%- if with_times %}, cast(time_value as string){% endif %})
    {%- endset -%}
    coalesce(case operator
        when 'is' then text_value = given_text
        when 'is_not' then text_value is distinct from given_text
        when 'like' then text_value like given_text
        when 'at_least' then number_value >= given_number
        when 'at_most' then number_value <= given_number
        {%- if with_times %}
        when 'within_days'
            then time_value between {{ as_of() }} - given_days and {{ as_of() }}
        when 'not_within_days' then time_value < {{ as_of() }} - given_days
        {%- endif %}
        when 'is_filled' then {{ value }} is not null
        when 'is_empty' then {{ value }} is null
    end, false)
{%- endmacro %}
