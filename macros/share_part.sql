{# What lies between two points of a whole, of a total that is cut up along it: the
   rounded total up to the second point less the rounded total up to the first, so that
   the parts add up to the total exactly. #}
{% macro share_part(total, before, upto, whole, data_type, digits) -%}
    case
            when {{ upto }} = {{ whole }} then {{ total }}
            else cast({{ rounded(
                'cast(' ~ total ~ ' as double) * ' ~ upto ~ ' / ' ~ whole, digits
            ) }} as {{ data_type }})
        end - cast({{ rounded(
            'cast(' ~ total ~ ' as double) * ' ~ before ~ ' / ' ~ whole, digits
        ) }} as {{ data_type }})
{%- endmacro %}
