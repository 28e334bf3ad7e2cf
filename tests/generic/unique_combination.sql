{# Rows that share every one of the given columns with another row. The columns are one
   text, since dbt takes its time over each text that a test is given. #}
{% test unique_combination(model, columns) %}

select
    {{ columns }},
    count(*) as row_count
from {{ model }}
group by
    {{ columns }}
having count(*) > 1

{% endtest %}
