{# Whether points and engaged people reach what the relation mqa_definitions asks; what it
   leaves empty it does not ask. Without a definition nobody is. #}
{% macro is_mqa(scores, engaged_people) -%}
    mqa_definitions.definition_version is not null
    and {{ scores }}.score >= mqa_definitions.min_score
    {%- for dimension in ['fit', 'engagement', 'intent'] %}
    and coalesce(
        {{ scores }}.{{ dimension }}_points >= mqa_definitions.min_{{ dimension }}_points,
        true
    )
    {%- endfor %}
    and coalesce({{ engaged_people }}.engaged_people, 0)
    >= mqa_definitions.min_engaged_people
{%- endmacro %}
