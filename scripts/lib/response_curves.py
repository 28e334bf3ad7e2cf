"""Fit how a channel's results follow its spend, and simulate moves of money."""

from __future__ import annotations

import math
import warnings
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from zlib import crc32

import numpy as np
import pyarrow as pa
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy.stats import multivariate_t, t
from statsmodels.stats.diagnostic import acorr_ljungbox

Row = Mapping[str, Any]
Array = NDArray[np.float64]

_DRAWS = 20_000
_YEAR_DAYS = 365.25
_WEEK_DAYS = 7
# Lags of the test for autocorrelation: a month of weeks.
_LAGS = 4
# Below this variation log spend is a sum of its controls, but for rounding.
_NO_VARIATION = 1e-6
# Above this condition number columns are sums of one another, but for rounding.
_MOST_CONDITION = 1e8
# Figures are rounded to what the last bits of an addition cannot change.
_DIGITS = 9

CURVES = pa.schema(
    [
        ("channel", pa.string()),
        ("spend_variation", pa.float64()),
        ("spend_low_usd", pa.float64()),
        ("spend_high_usd", pa.float64()),
        ("degrees_of_freedom", pa.int64()),
        ("elasticity", pa.float64()),
        ("elasticity_low", pa.float64()),
        ("elasticity_high", pa.float64()),
        ("marginal_low", pa.float64()),
        ("marginal_mid", pa.float64()),
        ("marginal_high", pa.float64()),
        ("log_level", pa.float64()),
        ("level_variance", pa.float64()),
        ("elasticity_variance", pa.float64()),
        ("covariance", pa.float64()),
        ("pipeline_per_opportunity_usd", pa.float64()),
        ("log_value_error", pa.float64()),
        ("dispersion", pa.float64()),
        ("explained_deviance", pa.float64()),
        ("autocorrelation_p_value", pa.float64()),
        ("placebo_p_value", pa.float64()),
        ("efficiency_low", pa.float64()),
        ("efficiency_high", pa.float64()),
    ]
)
OUTCOMES = pa.schema(
    [
        ("from_channel", pa.string()),
        ("to_channel", pa.string()),
        ("change_low_usd", pa.float64()),
        ("change_mid_usd", pa.float64()),
        ("change_high_usd", pa.float64()),
        ("gain_probability", pa.float64()),
        ("to_gain_probability", pa.float64()),
    ]
)


@dataclass
class Curve:
    """What the weeks of one channel tell; null where they cannot tell it."""

    spend_variation: float | None = None
    spend_low_usd: float | None = None
    spend_high_usd: float | None = None
    degrees_of_freedom: int | None = None
    elasticity: float | None = None
    elasticity_low: float | None = None
    elasticity_high: float | None = None
    marginal_low: float | None = None
    marginal_mid: float | None = None
    marginal_high: float | None = None
    log_level: float | None = None
    level_variance: float | None = None
    elasticity_variance: float | None = None
    covariance: float | None = None
    pipeline_per_opportunity_usd: float | None = None
    log_value_error: float | None = None
    dispersion: float | None = None
    explained_deviance: float | None = None
    autocorrelation_p_value: float | None = None
    placebo_p_value: float | None = None
    efficiency_low: float | None = None
    efficiency_high: float | None = None


@dataclass(frozen=True)
class Fit:
    """A regression of weekly results, with the covariance that its intervals go by."""

    parameters: Array
    covariance: Array
    degrees_of_freedom: int
    dispersion: float
    explained_deviance: float
    residuals: Array


def fit_curves(weeks: pa.Table, levels: pa.Table, policies: pa.Table) -> pa.Table:
    """Return the response curve of every channel, whatever the order of the rows.

    Args:
        weeks: channel, week, variable_spend_usd, opportunities, pipeline_usd, is_fitted
            and is_recent of each channel and week.
        levels: channel and present_spend_usd, the spend of a week with spend of late.
        policies: the one row in force of reallocation_policies, or none.

    Returns:
        One row per channel of levels by CURVES, sorted.
    """
    rows_of: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(weeks.to_pylist(), key=lambda row: (row["channel"], row["week"])):
        rows_of[row["channel"]].append(row)
    found = []
    for policy in policies.to_pylist():
        for level in sorted(levels.to_pylist(), key=lambda row: row["channel"]):
            channel = level["channel"]
            present = float(level["present_spend_usd"] or 0)
            curve = fit_curve(channel, rows_of[channel], present, policy)
            found.append({"channel": channel} | _finite(asdict(curve)))
    return pa.Table.from_pylist(found, CURVES)


def fit_curve(
    channel: str, weeks: Sequence[Row], present_spend: float, policy: Row
) -> Curve:
    """Return the curve of one channel, its weeks in order.

    Expected opportunities of a week are level x (spend / present spend) ^ elasticity,
    with a trend and, given enough weeks, a season.
    """
    curve = Curve()
    tail = (1 - policy["interval_level"]) / 2
    _add_efficiency(curve, [row for row in weeks if row["is_recent"]], tail)
    fitted = [row for row in weeks if row["is_fitted"]]
    if not fitted:
        return curve
    spend = _column(fitted, "variable_spend_usd")
    results = _column(fitted, "opportunities")
    pipeline = _column(fitted, "pipeline_usd")
    days = np.array([row["week"].toordinal() for row in fitted], dtype=np.float64)
    outermost = policy["range_tail_share"]
    curve.spend_low_usd, curve.spend_high_usd = map(
        float, np.quantile(spend, [outermost, 1 - outermost])
    )
    controls = _controls(days, policy["season_weeks"])
    log_spend = np.log(spend / (present_spend if present_spend > 0 else spend.mean()))
    curve.spend_variation = variation_beyond(log_spend, controls)
    if not curve.spend_variation or curve.spend_variation < _NO_VARIATION:
        return curve
    design = np.column_stack([controls[:, 0], log_spend, controls[:, 1:]])
    fit = fit_results(results, design)
    if fit is None:
        return curve
    curve.degrees_of_freedom = fit.degrees_of_freedom
    curve.log_level, curve.elasticity = map(float, fit.parameters[:2])
    curve.level_variance = float(fit.covariance[0, 0])
    curve.elasticity_variance = float(fit.covariance[1, 1])
    curve.covariance = float(fit.covariance[0, 1])
    curve.dispersion = fit.dispersion
    curve.explained_deviance = fit.explained_deviance
    margin = t.isf(tail, fit.degrees_of_freedom) * math.sqrt(fit.covariance[1, 1])
    curve.elasticity_low = curve.elasticity - float(margin)
    curve.elasticity_high = curve.elasticity + float(margin)
    curve.autocorrelation_p_value = autocorrelation_p_value(fit.residuals)
    curve.placebo_p_value = placebo_p_value(results, design, days)
    curve.pipeline_per_opportunity_usd, error = ratio_of_sums(pipeline, results)
    curve.log_value_error = error
    if present_spend > 0 and error is not None:
        level, elasticity, value = draw_curve(channel, asdict(curve))
        with np.errstate(over="ignore", invalid="ignore"):
            slopes = value * np.exp(level) * elasticity / present_spend
        curve.marginal_low, curve.marginal_mid, curve.marginal_high = _interval(
            slopes, tail
        )
    return curve


def fit_results(results: Array, design: Array) -> Fit | None:
    """Return the regression of weekly results on the design, or None without one.

    It is Poisson by quasi-likelihood, which weekly credit, with its fractions and
    zeros, allows (Wooldridge 1999). Errors are Newey and West's (1987), robust to
    dispersion and autocorrelation, or those scaled by Pearson's dispersion, whichever
    leave the elasticity wider: in short series the former are too small.
    """
    count, parameters = design.shape
    if count <= parameters or results.sum() <= 0:
        return None
    if np.linalg.cond(design) > _MOST_CONDITION:
        return None
    lags = math.floor(4 * (count / 100) ** (2 / 9))
    model = sm.GLM(results, design, family=sm.families.Poisson())
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            # By the parameters: the deviance is in units of the dispersion, and where
            # that is all but nothing, rounding alone keeps it moving.
            plain = model.fit(scale="X2", tol_criterion="params")
            robust = model.fit(
                start_params=plain.params,
                tol_criterion="params",
                cov_type="HAC",
                cov_kwds={"maxlags": lags, "use_correction": True},
            )
        except (ValueError, np.linalg.LinAlgError):
            return None
        covariances = [plain.cov_params(), robust.cov_params()]
        covariance = max(covariances, key=lambda one: float(one[1, 1]))
        explained = 1 - plain.deviance / plain.null_deviance
    if not plain.converged or not np.isfinite(covariance).all():
        return None
    return Fit(
        parameters=np.asarray(plain.params),
        covariance=np.asarray(covariance),
        degrees_of_freedom=count - parameters,
        dispersion=float(plain.scale),
        explained_deviance=float(explained),
        residuals=np.asarray(plain.resid_pearson),
    )


def variation_beyond(log_spend: Array, controls: Array) -> float | None:
    """Return the standard deviation of log spend that its controls do not explain."""
    free = len(log_spend) - controls.shape[1]
    if free <= 0:
        return None
    fitted = controls @ np.linalg.lstsq(controls, log_spend, rcond=None)[0]
    return float(np.sqrt(((log_spend - fitted) ** 2).sum() / free))


def autocorrelation_p_value(residuals: Array) -> float | None:
    """Return the p-value of residuals that do not follow one another (Ljung-Box)."""
    if len(residuals) <= 2 * _LAGS:
        return None
    return float(acorr_ljungbox(residuals, lags=[_LAGS])["lb_pvalue"].iloc[0])


def placebo_p_value(results: Array, design: Array, days: Array) -> float | None:
    """Return the p-value of next week's spend telling nothing of this week's results.

    Money that is not yet spent can cause nothing: where it tells something, what moves
    the results moves the spend (the falsification of Granger's test by leads).
    """
    has_next = np.flatnonzero(np.diff(days) == _WEEK_DAYS)
    next_spend = design[has_next + 1, 1]
    fit = fit_results(results[has_next], np.insert(design[has_next], 1, next_spend, 1))
    if fit is None:
        return None
    statistic = abs(fit.parameters[1]) / math.sqrt(fit.covariance[1, 1])
    return float(2 * t.sf(statistic, fit.degrees_of_freedom))


def ratio_of_sums(above: Array, below: Array) -> tuple[float | None, float | None]:
    """Return the ratio of two weekly sums and the standard error of its logarithm.

    The error is that of the ratio's linear form, robust to autocorrelation.
    """
    total = float(below.sum())
    if total <= 0:
        return None, None
    ratio = float(above.sum()) / total
    if ratio <= 0 or len(above) < 2:
        return ratio, None
    lags = math.floor(4 * (len(above) / 100) ** (2 / 9))
    rest = sm.OLS(above - ratio * below, np.ones(len(above))).fit(
        cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}
    )
    return ratio, float(rest.bse[0]) * len(above) / total / ratio


def draw_curve(channel: str, curve: Row) -> tuple[Array, Array, Array]:
    """Return draws of log level, elasticity and pipeline per opportunity.

    They hang on the channel's name and its own figures, so that no other channel
    changes them.
    """
    rng = np.random.default_rng(crc32(channel.encode()))
    covariance = curve["covariance"]
    shape = [
        [curve["level_variance"], covariance],
        [covariance, curve["elasticity_variance"]],
    ]
    drawn = multivariate_t.rvs(
        loc=[curve["log_level"], curve["elasticity"]],
        shape=shape,
        df=curve["degrees_of_freedom"],
        size=_DRAWS,
        random_state=rng,
    )
    freedom = curve["degrees_of_freedom"]
    noise = curve["log_value_error"] * rng.standard_t(freedom, _DRAWS)
    value = curve["pipeline_per_opportunity_usd"] * np.exp(noise)
    return drawn[:, 0], drawn[:, 1], value


def simulate_moves(moves: pa.Table, curves: pa.Table, policies: pa.Table) -> pa.Table:
    """Return what each move would be expected to do to pipeline, by simulation.

    Args:
        moves: from_channel, to_channel and, of either end, the spend of a week before
            and after (from_before_usd, from_after_usd, to_before_usd, to_after_usd) and
            its number (from_weeks, to_weeks).
        curves: what fit_curves gave.
        policies: the one row in force of reallocation_policies.

    Returns:
        One row per move by OUTCOMES, sorted: the percentiles of the change of pipeline,
        and the chance of a gain, over all and at the receiving end.
    """
    curve_of = {row["channel"]: row for row in curves.to_pylist()}
    policy_rows = policies.to_pylist()
    drawn: dict[str, tuple[Array, Array, Array]] = {}
    found = []
    for move in sorted(
        moves.to_pylist(), key=lambda row: (row["from_channel"], row["to_channel"])
    ):
        changes = {}
        for end in ("from", "to"):
            channel = move[f"{end}_channel"]
            if channel not in drawn:
                drawn[channel] = draw_curve(channel, curve_of[channel])
            level, elasticity, value = drawn[channel]
            ratio = float(move[f"{end}_after_usd"]) / float(move[f"{end}_before_usd"])
            with np.errstate(over="ignore", invalid="ignore"):
                changes[end] = (
                    move[f"{end}_weeks"]
                    * (value * np.exp(level))
                    * np.expm1(elasticity * math.log(ratio))
                )
        with np.errstate(invalid="ignore"):
            change = changes["from"] + changes["to"]
        tail = (1 - policy_rows[0]["interval_level"]) / 2
        low, mid, high = _interval(change, tail)
        outcome = {
            "change_low_usd": low,
            "change_mid_usd": mid,
            "change_high_usd": high,
            "gain_probability": float((change > 0).mean()),
            "to_gain_probability": float((changes["to"] > 0).mean()),
        }
        ends = {key: move[key] for key in ("from_channel", "to_channel")}
        found.append(ends | _finite(outcome))
    return pa.Table.from_pylist(found, OUTCOMES)


def _add_efficiency(curve: Curve, recent: Sequence[Row], tail: float) -> None:
    """Add the interval of pipeline per dollar over the recent weeks.

    It holds on the scale of logarithms, as no ratio of sums is below 0.
    """
    spend = _column(recent, "variable_spend_usd")
    ratio, error = ratio_of_sums(_column(recent, "pipeline_usd"), spend)
    if ratio and error is not None:
        margin = float(t.isf(tail, len(recent) - 1)) * error
        ends = np.array([math.log(ratio) - margin, math.log(ratio) + margin])
        with np.errstate(over="ignore"):
            curve.efficiency_low, _, curve.efficiency_high = _interval(np.exp(ends), 0)


def _controls(days: Array, season_weeks: int) -> Array:
    """Return level, trend in years to the last week, and season if it can be told."""
    columns = [np.ones(len(days)), (days - days[-1]) / _YEAR_DAYS]
    if len(days) >= season_weeks:
        turn = 2 * math.pi * days / _YEAR_DAYS
        columns += [np.sin(turn), np.cos(turn)]
    return np.column_stack(columns)


def _column(rows: Sequence[Row], name: str) -> Array:
    return np.array([float(row[name]) for row in rows], dtype=np.float64)


def _interval(
    draws: Array, tail: float
) -> tuple[float, float, float] | tuple[None, None, None]:
    """Return the lower end, median and upper end of draws, or none without bounds."""
    if not np.isfinite(draws).all():
        return None, None, None
    low, mid, high = np.quantile(draws, [tail, 0.5, 1 - tail])
    return float(low), float(mid), float(high)


def _finite(figures: dict[str, Any]) -> dict[str, Any]:
    """Return figures rounded to significant digits, null where one is not finite."""
    return {
        name: _rounded(figure) if isinstance(figure, float) else figure
        for name, figure in figures.items()
    }


def _rounded(figure: float) -> float | None:
    return float(f"{figure:.{_DIGITS}g}") if math.isfinite(figure) else None
