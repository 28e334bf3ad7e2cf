{# The inverses of the matrices of a relation, one for each value of a column, by
   Gauss-Jordan elimination: step after step, each a window over the one before, so that
   nothing is read twice. Without pivoting, as I - Q of an absorbing chain needs none.
   Rows and columns have the numbers from_number and to_number, from 1; matrices of more
   rows than steps are left half done, which the result's last CTE does not show: they
   are left out. #}
{% macro inverted_matrices(relation, key, steps) -%}
    {{ return(adapter.dispatch('inverted_matrices')(relation, key, steps)) }}
{%- endmacro %}

{% macro default__inverted_matrices(relation, key, steps) -%}
    joined_matrices as (

        select
            {{ key }},
            from_number,
            to_number,
            cast(entry as double) as entry
        from {{ relation }}
        union all
        select
            {{ key }},
            from_number,
            -to_number as to_number,
            case when from_number = to_number then 1.0 else 0.0 end as entry
        from {{ relation }}

    ),
    {%- for step in range(1, steps + 1) %}
    {%- set before = 'joined_matrices' if loop.first else 'matrices_%d' % (step - 1) %}
    pivoted_{{ step }} as (

        select
            *,
            max(case when from_number = {{ step }} then entry end) over (
                partition by {{ key }}, to_number
            ) as pivot_row,
            max(case when to_number = {{ step }} then entry end) over (
                partition by {{ key }}, from_number
            ) as pivot_column,
            max(case
                when from_number = {{ step }} and to_number = {{ step }} then entry
            end) over (partition by {{ key }}) as pivot_entry
        from {{ before }}

    ),
    matrices_{{ step }} as {{ materialized_cte() }} (

        select
            {{ key }},
            from_number,
            to_number,
            case
                when pivot_entry is null then entry
                when from_number = {{ step }} then entry / pivot_entry
                else entry - pivot_column * pivot_row / pivot_entry
            end as entry
        from pivoted_{{ step }}

    ),
    {%- endfor %}
    inverted_matrices as (

        select
            {{ key }},
            from_number,
            -to_number as to_number,
            entry
        from matrices_{{ steps }}
        where to_number < 0
        qualify max(from_number) over (partition by {{ key }}) <= {{ steps }}

    )
{%- endmacro %}

{# The same steps over arrays: Spark takes minutes to plan so many windows. #}
{% macro spark__inverted_matrices(relation, key, steps) -%}
    matrix_rows as (

        select
            {{ key }},
            from_number,
            transform(
                array_sort(collect_list(struct(to_number, cast(entry as double) as entry))),
                cell -> cell.entry
            ) as entries
        from {{ relation }}
        group by {{ key }}, from_number

    ),
    matrices as (

        select
            {{ key }},
            cast(count(*) as integer) as size,
            transform(
                array_sort(collect_list(struct(from_number, entries))),
                matrix_row -> matrix_row.entries
            ) as entries
        from matrix_rows
        group by {{ key }}
        having count(*) <= {{ steps }}

    ),
    joined_matrices as (

        select
            {{ key }},
            size,
            transform(entries, (cells, place) -> concat(
                cells,
                transform(
                    sequence(0, size - 1),
                    other -> case when other = place then 1e0 else 0e0 end
                )
            )) as entries
        from matrices

    ),
    eliminated_matrices as (

        select
            {{ key }},
            size,
            aggregate(sequence(0, size - 1), entries, (matrix, step) -> transform(
                matrix, (cells, place) -> transform(cells, (entry, other) -> case
                    when place = step then entry / matrix[step][step]
                    else entry - cells[step] * matrix[step][other] / matrix[step][step]
                end)
            )) as entries
        from joined_matrices

    ),
    eliminated_rows as (

        select
            {{ key }},
            size,
            posexplode(entries) as (place, cells)
        from eliminated_matrices

    ),
    eliminated_cells as (

        select
            {{ key }},
            size,
            place,
            posexplode(cells) as (other, entry)
        from eliminated_rows

    ),
    inverted_matrices as (

        select
            {{ key }},
            place + 1 as from_number,
            other - size + 1 as to_number,
            entry
        from eliminated_cells
        where other >= size

    )
{%- endmacro %}
