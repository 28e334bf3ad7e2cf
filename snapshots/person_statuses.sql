{% snapshot person_statuses %}

{{
    config(
        group='lifecycle',
        unique_key='person_record_id',
        strategy='check',
        check_cols=['status'],
        updated_at='observed_at'
    )
}}

-- Grain: one row per person record and status that a build saw it in.
-- A change is seen at the record's own last change where that is later than the status
-- before; else as of the build. One that would lie before it is left to a later build.

    with

    record_statuses as (

        select * from {{ ref('int_lifecycle__record_statuses') }}
        where {{ known_by_as_of('changed_at') }}

    ),

    kept_statuses as (

    {{ kept_versions({
        'person_record_id': 'string',
        'status': 'string',
        'dbt_valid_from': 'timestamp',
    }) }}

    ),

    observed_statuses as (

        select
            record_statuses.person_record_id,
            record_statuses.source,
            record_statuses.status,
            kept_statuses.status as kept_status,
            kept_statuses.dbt_valid_from as kept_from,
            case
                when
                    record_statuses.changed_at > kept_statuses.dbt_valid_from
                    or kept_statuses.dbt_valid_from is null
                    then coalesce(record_statuses.changed_at, {{ as_of() }})
                else {{ as_of() }}
            end as observed_at
        from record_statuses
        left join kept_statuses
            on record_statuses.person_record_id = kept_statuses.person_record_id

    ),

    person_statuses as (

        select
            person_record_id,
            source,
            status,
            observed_at
        from observed_statuses
        where
            kept_from is null
            or (status is distinct from kept_status and observed_at > kept_from)

    )

    select * from person_statuses

{% endsnapshot %}
