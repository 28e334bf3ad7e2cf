-- Grain: one row per channel with a cost or credit, and whether its curve can be used.
-- The first reason that holds keeps it from being used.

with

levels as (

    select * from {{ ref('int_finance__channel_levels') }}

),

curves as (

    select * from {{ ref('int_finance__response_curves') }}

),

windows as (

    select * from {{ ref('int_finance__reallocation_windows') }}

),

curve_verdicts as (

    select
        levels.channel,
        case
            when levels.channel = 'unknown' then 'no channel'
            when levels.trailing_unconverted_weeks > 0 then 'cost unknown'
            when levels.trailing_spend_usd <= 0 and levels.fitted_weeks = 0
                then 'no variable spend'
            when levels.trailing_spend_usd <= 0 then 'no present spend'
            when levels.fitted_weeks < windows.least_weeks then 'too few weeks'
            when levels.fitted_opportunities < windows.least_results
                then 'too few results'
            when
                coalesce(curves.spend_variation, 0) < windows.least_spend_variation
                then 'too little variation'
            when curves.marginal_mid is null then 'no fit'
            when curves.autocorrelation_p_value < windows.check_level
                then 'results follow one another'
            when curves.placebo_p_value < windows.check_level
                then 'results precede spend'
            when curves.elasticity_high < 0 or curves.elasticity_low > 1
                then 'implausible elasticity'
            else 'usable'
        end as verdict
    from levels
    inner join curves on levels.channel = curves.channel
    cross join windows

)

select * from curve_verdicts
