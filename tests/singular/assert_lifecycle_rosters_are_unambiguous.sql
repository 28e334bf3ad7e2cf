-- No two rows of the roster give a pool the same members at once, and no two rows
-- promise one company.

with

rep_roster as (

    select
        roster_id as row_id,
        concat_ws('|', pool, lower(rep), team, role) as subject,
        effective_from,
        coalesce(effective_to, cast('9999-12-31' as date)) as effective_to
    from {{ ref('rep_roster') }}

),

named_accounts as (

    select
        named_account_id as row_id,
        account as subject,
        effective_from,
        coalesce(effective_to, cast('9999-12-31' as date)) as effective_to
    from {{ ref('named_accounts') }}

),

policies as (

    select
        'rep_roster' as seed,
        *
    from rep_roster
    union all
    select
        'named_accounts' as seed,
        *
    from named_accounts

),

double_rows as (

    select
        policies.seed,
        policies.row_id,
        others.row_id as other_row_id
    from policies
    inner join policies as others
        on
            policies.seed = others.seed
            and policies.subject = others.subject
            and policies.row_id < others.row_id
            and policies.effective_from < others.effective_to
            and policies.effective_to > others.effective_from

)

select * from double_rows
