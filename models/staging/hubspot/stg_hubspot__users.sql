-- Grain: one row per owner.
-- Records name owners, not users; the user behind an owner tells the role.

with

owners as (

    select * from {{ source('hubspot', 'owner') }}

),

users as (

    select * from {{ source('hubspot', 'users') }}

),

roles as (

    select * from {{ source('hubspot', 'role') }}

),

teams as (

    select * from {{ source('hubspot', 'team') }}

),

first_teams as (

    select
        owner_id,
        team_id
    from {{ source('hubspot', 'owner_team') }}
    qualify
        row_number() over (
            partition by owner_id
            order by coalesce(is_team_primary, false) desc, team_id asc
        ) = 1

),

renamed as (

    select
        {{ source_key('hubspot', 'owners.owner_id') }} as user_id,
        'hubspot' as source,
        coalesce(
            nullif(
                concat_ws(
                    ' ',
                    {{ clean_text('owners.first_name') }},
                    {{ clean_text('owners.last_name') }}
                ), ''
            ),
            {{ clean_text('owners.email') }}
        ) as user_name,
        {{ normalise_email('owners.email') }} as email,
        lower({{ clean_text('roles.name') }}) as role,
        {{ clean_text('teams.name') }} as team,
        cast(null as string) as time_zone,
        coalesce(owners.is_active, true)
        and not coalesce(owners.archived, false)
        and not coalesce(owners._fivetran_deleted, false) as is_active
    from owners
    left join users on owners.active_user_id = users.id
    left join roles on users.role_id = roles.id
    left join first_teams on owners.owner_id = first_teams.owner_id
    left join teams
        on coalesce(first_teams.team_id, users.primary_team_id) = teams.id

)

select * from renamed
