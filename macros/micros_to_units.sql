{# An amount in millionths of a currency as an exact amount of it: a product of decimals,
   since a quotient is a double on DuckDB. #}
{% macro micros_to_units(micros) -%}
    cast(
            cast({{ micros }} as decimal(22, 0)) * cast(0.000001 as decimal(6, 6))
            as decimal(28, 6)
        )
{%- endmacro %}
