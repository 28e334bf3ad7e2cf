{# The sums of some columns, each times a share, that come out the same in any order:
   money to ten decimals, counts as numbers. #}
{% macro shared_sums(share, columns) -%}
    {%- for column in columns -%}
        {%- if column.endswith('_usd') -%}
            sum(
            cast({{ column }} * cast({{ share }} as double) as decimal(28, 10))
        )
        {%- else -%}
            cast(sum({{ column }} * {{ share }}) as double)
        {%- endif %} as {{ column }}{{ ',\n        ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
