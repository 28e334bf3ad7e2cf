{# The sums of economics_parts, as the marts of months show them. #}
{% macro economics_totals() -%}
    cast(sum(spend_usd) as decimal(28, 6)) as spend_usd
    {%- for part in credited_parts() %},
        cast(sum({{ part }}) as {{
            'decimal(28, 10)' if part.endswith('_usd') else 'double'
        }}) as {{ part }}
    {%- endfor %}
{%- endmacro %}
