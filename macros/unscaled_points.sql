{# What scaled_points come to so many half-lives after the start of the block. #}
{% macro unscaled_points(scaled, half_lives) -%}
    cast({{ scaled }} as double) * pow(0.5, {{ half_lives }} + 40)
{%- endmacro %}
