{# How many half-lives lie between two moments, as a double. #}
{% macro half_lives(since, until, half_life_days) -%}
    {{ dbt.datediff(since, until, 'microsecond') }}
    / (86400000000.0 * cast({{ half_life_days }} as double))
{%- endmacro %}
