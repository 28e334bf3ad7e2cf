{# The additive parts of the economics by some dimensions, one below the other: what a
   relation says was spent, and what another says is credited. #}
{% macro economics_parts(spend, credits, dimensions) -%}
    {%- set keys = dimensions | join(',\n        ') -%}
    select
        {{ keys }},
        spend_usd
        {%- for part in credited_parts() %},
        0 as {{ part }}
        {%- endfor %}
    from {{ spend }}
    union all
    select
        {{ keys }},
        0 as spend_usd
        {%- for part in credited_parts() %},
        {{ part }}
        {%- endfor %}
    from {{ credits }}
{%- endmacro %}
