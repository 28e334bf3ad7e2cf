-- Grain: one row per channel with a cost or credit: how its results follow its spend.

with

levels as (

    select * from {{ ref('int_finance__channel_levels') }}

),

curves as (

    select * from {{ ref('int_finance__response_curves') }}

),

verdicts as (

    select * from {{ ref('int_finance__curve_verdicts') }}

),

windows as (

    select * from {{ ref('int_finance__reallocation_windows') }}

),

response_curves as (

    select
        levels.channel,
        verdicts.verdict,
        verdicts.verdict = 'usable' as is_usable,
        case verdicts.verdict
            when 'no channel' then 'These costs name no channel.'
            when 'cost unknown'
                then 'A cost of late is in a currency without an exchange rate.'
            when 'no variable spend' then 'Nothing is spent on it that could be moved.'
            when 'no present spend' then 'Nothing was spent on it of late.'
            when 'too few weeks'
                then concat(
                    cast(levels.fitted_weeks as string),
                    ' mature weeks with spend; ',
                    cast(windows.least_weeks as string),
                    ' are needed.'
                )
            when 'too few results'
                then concat(
                    cast(
                        cast(levels.fitted_opportunities as decimal(18, 1))
                        as string
                    ),
                    ' credited opportunities; ',
                    cast(cast(windows.least_results as decimal(18, 1)) as string),
                    ' are needed.'
                )
            when 'too little variation'
                then 'Spend varies too little, beyond trend and season, to tell.'
            when 'no fit' then 'No curve could be fitted.'
            when 'results follow one another'
                then 'Good weeks follow good ones for a reason other than spend.'
            when 'results precede spend'
                then 'Results go with next week''s spend too: demand may drive it.'
            when 'implausible elasticity'
                then 'Results fall as spend rises, or outrun it: both follow another.'
            else 'Usable for planning a test.'
        end as reason,
        levels.mature_weeks,
        levels.immature_weeks,
        levels.old_weeks,
        levels.weeks_without_spend,
        levels.unconverted_weeks,
        levels.fitted_weeks,
        cast(levels.fitted_opportunities as decimal(28, 6)) as fitted_opportunities,
        levels.trailing_weeks_with_spend,
        cast(levels.trailing_spend_usd as decimal(28, 6)) as trailing_spend_usd,
        levels.present_spend_usd,
        curves.spend_low_usd,
        curves.spend_high_usd,
        curves.spend_variation,
        curves.elasticity,
        curves.elasticity_low,
        curves.elasticity_high,
        curves.marginal_mid as marginal_pipeline_per_usd,
        curves.marginal_low as marginal_pipeline_per_usd_low,
        curves.marginal_high as marginal_pipeline_per_usd_high,
        curves.pipeline_per_opportunity_usd,
        curves.dispersion,
        curves.explained_deviance,
        curves.autocorrelation_p_value,
        curves.placebo_p_value,
        levels.recent_weeks,
        cast(levels.recent_spend_usd as decimal(28, 6)) as recent_spend_usd,
        cast(levels.recent_mqls as decimal(28, 6)) as recent_mqls,
        cast(levels.recent_opportunities as decimal(28, 6)) as recent_opportunities,
        cast(levels.recent_pipeline_usd as decimal(28, 6)) as recent_pipeline_usd,
        case
            when levels.recent_spend_usd > 0
                then
                    cast(levels.recent_pipeline_usd as double)
                    / cast(levels.recent_spend_usd as double)
        end as pipeline_per_usd,
        curves.efficiency_low as pipeline_per_usd_low,
        curves.efficiency_high as pipeline_per_usd_high
    from levels
    inner join curves on levels.channel = curves.channel
    inner join verdicts on levels.channel = verdicts.channel
    cross join windows

)

select * from response_curves
