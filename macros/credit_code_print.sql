{# A text that stands for the code of all models that make credits by positions, and of
   what macros say in them, so that rows which an earlier version made are told from those
   of this one. Models are looked up by name: to go through all nodes would take longer
   than a query. #}
{% macro credit_code_print() -%}
    {%- set codes = [
        weighed_by_role('touches'), positions_held(), is_of_journey(), is_creditable(),
        previous_conversion(), conversion_key('type', 'id'), number_key('id'),
        snake_case('role'), exact_share('share'), half_lives('since', 'until', 1)
    ] -%}
    {%- if execute -%}
        {%- for name in [
            'conversions', 'conversion_people', 'journeys', 'journey_positions',
            'shape_touches', 'shape_weights', 'position_credits'
        ] -%}
            {%- do codes.append(
                graph.nodes[
                    'model.' ~ project_name ~ '.int_attribution__' ~ name
                ].raw_code
            ) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(local_md5(codes | join('\n'))) }}
{%- endmacro %}
