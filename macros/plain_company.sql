{# A company's name without case, accents, marks, blanks and legal form: Acme, Inc. and
   ACME are one. #}
{% macro plain_company(column) -%}
    {%- set marks = '{-\u00bf\u2000-\u206f' -%}
    {%- set words -%}
        trim(regexp_replace(
            {{ without_accents('lower(' ~ column ~ ')') }},
            '[\t-/:-`{{ marks }}]+', ' '{{ regexp_global() }}
        ))
    {%- endset -%}
    {%- set legal_forms = [
        'inc', 'incorporated', 'llc', 'llp', 'lp', 'ltd', 'limited', 'corp',
        'corporation', 'co', 'company', 'plc', 'pty', 'gmbh', 'mbh', 'ag', 'kg', 'se',
        'ug', 'ohg', 'sa', 'sas', 'sarl', 'srl', 'spa', 'bv', 'nv', 'ab', 'as', 'oy',
        'aps', 'kk', 'pte', 'sl', 'sro', 'kft', 'doo'
    ] -%}
    nullif(
        replace(
            regexp_replace({{ words }}, '( ({{ legal_forms | join("|") }}))+$', ''),
            ' ', ''
        ), ''
    )
{%- endmacro %}
