{# Whether a conversion counts in a metric of the seed closed_metrics; what is credited
   counts by touch, not here. #}
{% macro counts_in_basis() -%}
    case closed_metrics.basis
            when 'all' then true
            when 'sourced' then is_marketing_sourced
            when 'influenced' then is_marketing_influenced
            when 'unattributed' then unattributed_reason is not null
            else false
        end
{%- endmacro %}
