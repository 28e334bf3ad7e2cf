{# The last nine digits of a telephone number, without its extension: the same number with
   and without a country's prefix is one. Fewer than seven digits, or one digit over and
   over, are no number. #}
{% macro plain_phone(column) -%}
    {%- set digits -%}
        regexp_replace(
            regexp_replace(lower({{ column }}), '(ext|x|#|;).*$', ''),
            '[^0-9]+', ''{{ regexp_global() }}
        )
    {%- endset -%}
    case
        when
            length({{ digits }}) >= 7
            and replace({{ digits }}, right({{ digits }}, 1), '') != ''
            then right({{ digits }}, 9)
    end
{%- endmacro %}
