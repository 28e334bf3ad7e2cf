{# Salesforce ids of 15 characters that tell one key of a relation, with that key.
   Exports have ids of 15 or of 18 characters; the last three spell the case of the
   others, so a reference may have the form that the record was not landed in. #}
{% macro short_keys(relation, key) -%}
    select
        left({{ key }}, 26) as short_key,
        max({{ key }}) as {{ key }}
    from {{ relation }}
    where {{ key }} like 'salesforce:%' and length({{ key }}) in (26, 29)
    group by left({{ key }}, 26)
    having count(*) = 1
{%- endmacro %}
