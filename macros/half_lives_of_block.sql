{# How many half-lives make a decay block: what was earned before the one before it has
   halved so often that nothing is left to the twelfth digit, and scaled_points of 38
   digits have room for a billion points at its end. #}
{% macro half_lives_of_block() -%}
    {{ return(56) }}
{%- endmacro %}
