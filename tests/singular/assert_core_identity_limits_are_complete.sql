-- At as_of every limit that identity asks for has one row, and the probabilities of the
-- outcomes fall in their order. A limit that is missing would switch matching off.

with

limits as (

    select
        outcome as limit_name,
        min_probability as limit_value
    from {{ ref('match_thresholds') }}
    where {{ in_force() }}
    union all
    select
        rule_name as limit_name,
        rule_value as limit_value
    from {{ ref('identity_rules') }}

),

wanted_limits as (

    select
        wanted.limit_name,
        wanted.next_name
    from (
        values
        ('merged', 'review'),
        ('review', 'distinct'),
        ('distinct', null),
        ('max_names_per_email', null),
        ('max_records_per_block', null),
        ('max_names_per_phone', null),
        ('max_company_name_edits', null)
    ) as wanted (limit_name, next_name)

),

faults as (

    select
        coalesce(wanted_limits.limit_name, limits.limit_name) as limit_name,
        count(limits.limit_value) as rows_in_force,
        coalesce(max(limits.limit_value) < max(next_limits.limit_value), false)
            as is_out_of_order
    from wanted_limits
    full outer join limits
        on wanted_limits.limit_name = limits.limit_name
    left join limits as next_limits
        on wanted_limits.next_name = next_limits.limit_name
    group by
        wanted_limits.limit_name,
        limits.limit_name
    having
        count(limits.limit_value) != 1
        or max(wanted_limits.limit_name) is null
        or coalesce(max(limits.limit_value) < max(next_limits.limit_value), false)

)

select * from faults
