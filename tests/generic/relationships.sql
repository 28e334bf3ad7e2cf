{# Rows whose reference no row of the other relation has, in place of dbt's own test: held
   against each other by numbers that stand for the references, which are joined in less
   time than texts. #}
{% test relationships(model, column_name, to, field) %}

with

child_rows as (

    select
        {{ column_name }} as from_field,
        {{ content_print(['cast(' ~ column_name ~ ' as string)']) }} as from_print
    from {{ model }}
    where {{ column_name }} is not null

),

parent_rows as (

    select {{ content_print(['cast(' ~ field ~ ' as string)']) }} as to_print
    from {{ to }}
    where {{ field }} is not null

),

orphans as (

    select child_rows.from_field
    from child_rows
    left join parent_rows
        on child_rows.from_print = parent_rows.to_print
    where parent_rows.to_print is null

)

select * from orphans

{% endtest %}
