{# The number that stands for a key, for joins of large tables; null for none. That no two
   keys share a number is tested where the numbers are kept. Where keys of two kinds are
   kept together, the kind of one makes its numbers others. #}
{% macro number_key(column, kind=none) -%}
    case
        when {{ column }} is not null
            then {{ content_print(["'" ~ kind ~ "'", column] if kind else [column]) }}
    end
{%- endmacro %}
