{# Points so many half-lives after the start of a decay block, scaled so that nothing
   fades within it: whole multiples of 2^-40 of a point, whose sums come out the same in
   whatever order an engine's window adds them up. #}
{% macro scaled_points(points, half_lives) -%}
    cast({{ points }} * pow(2, {{ half_lives }} + 40) as decimal(38, 0))
{%- endmacro %}
