{# Text without case, accents and the marks, digits and blanks of ASCII: what of a name is
   compared. Letters of any script stay. #}
{% macro plain_text(column) -%}
    {%- set marks = '{-\u00bf\u2000-\u206f' -%}
    nullif(
        regexp_replace(
            {{ without_accents('lower(' ~ column ~ ')') }},
            '[\t-`{{ marks }}]+', ''{{ regexp_global() }}
        ), ''
    )
{%- endmacro %}
