{# What one day gets of a total that is spread evenly over day_count days: the rounded
   total up to that day less the rounded total up to the day before, so that the days add
   up to the total exactly. #}
{% macro even_share(total, day_number, day_count, data_type, digits) -%}
    case
            when {{ day_number }} = {{ day_count }} then {{ total }}
            else cast(
                round(
                    cast({{ total }} as double) * {{ day_number }} / {{ day_count }},
                    {{ digits }}
                ) as {{ data_type }}
            )
        end - cast(
            round(
                cast({{ total }} as double) * ({{ day_number }} - 1) / {{ day_count }},
                {{ digits }}
            ) as {{ data_type }}
        )
{%- endmacro %}
