{# Lower-case address without blanks or a mailto: prefix; what is no address is null. A
   domain may be of any script (müller.de, 例え.jp). Its labels hold no other ASCII than
   letters, digits and hyphens, and neither blanks nor punctuation of Unicode; the last
   one holds no digit either unless it is in ASCII's disguise (xn--p1ai). The refused
   characters are listed, since the engines spell \p{L} differently in SQL. #}
{% macro normalise_email(column) -%}
    {%- set marks -%}
        {{- '{-\u00bf\u2000-\u200b\u200e-\u2bff\u3000-\u3004\ufe10-\uff20\ufff0-\ufffd' -}}
    {%- endset -%}
    {%- set label = '[^\t-,./:-`' ~ marks ~ ']+' -%}
    {%- set last_label = '(xn--[a-z0-9-]+|[^\t-`' ~ marks ~ ']{2,})' -%}
    nullif(
        regexp_extract(
            regexp_replace(lower(trim({{ column }})), '^mailto:', ''),
            '^[^@ ,;<>]+@({{ label }}[.])+{{ last_label }}$', 0
        ), ''
    )
{%- endmacro %}
