-- Grain: one row per pair of person records that share a blocking key and are not one
-- by the deterministic rules. A key that too many share is passed over, so that the
-- number of pairs grows as the number of records does.

with

block_keys as (

    select * from {{ ref('int_core__block_keys') }}

),

block_limits as (

    select max(rule_value) as max_records
    from {{ ref('identity_rules') }}
    where rule_name = 'max_records_per_block'

),

block_sizes as (

    select
        block_key,
        count(*) as record_count
    from block_keys
    group by block_key
    having count(*) > 1

),

small_blocks as (

    select block_sizes.block_key
    from block_sizes
    inner join block_limits
        on block_sizes.record_count <= block_limits.max_records

),

blocked_records as (

    select
        block_keys.block_key,
        block_keys.person_record_id,
        block_keys.unit_id
    from block_keys
    inner join small_blocks
        on block_keys.block_key = small_blocks.block_key

),

blocked_pairs as (

    select
        blocked_records.person_record_id,
        other_records.person_record_id as other_person_record_id
    from blocked_records
    inner join blocked_records as other_records
        on
            blocked_records.block_key = other_records.block_key
            and blocked_records.person_record_id < other_records.person_record_id
    where blocked_records.unit_id != other_records.unit_id
    group by blocked_records.person_record_id, other_records.person_record_id

)

select * from blocked_pairs
