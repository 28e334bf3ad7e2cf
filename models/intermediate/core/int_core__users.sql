-- Grain: one row per user of any source, in one of the roles that the house knows.

with

generic_users as (

    select * from {{ ref('stg_generic__users') }}

),

salesforce_users as (

    select * from {{ ref('stg_salesforce__users') }}

),

hubspot_users as (

    select * from {{ ref('stg_hubspot__users') }}

),

rep_roles as (

    select
        priority,
        role_pattern,
        role
    from {{ ref('rep_roles') }}

),

staged_users as (

    select * from generic_users
    union all
    select * from salesforce_users
    union all
    select * from hubspot_users

),

worded_users as (

    select
        *,
        ' ' || replace({{ snake_case('role') }}, '_', ' ') || ' ' as role_words
    from staged_users

),

matched_roles as (

    select
        worded_users.user_id,
        min_by(rep_roles.role, rep_roles.priority) as role
    from worded_users
    inner join rep_roles on worded_users.role_words like rep_roles.role_pattern
    group by worded_users.user_id

),

users as (

    select
        worded_users.user_id,
        worded_users.source,
        worded_users.user_name,
        worded_users.email,
        case
            when worded_users.role is not null
                then coalesce(matched_roles.role, 'other')
        end as role,
        worded_users.team,
        worded_users.time_zone,
        worded_users.is_active
    from worded_users
    left join matched_roles on worded_users.user_id = matched_roles.user_id

)

select * from users
