"""Judge weeks of a metric by the weeks before them, robustly, many series at once."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy import special, stats
from statsmodels.stats.multitest import multipletests

Row = Mapping[str, Any]
Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

JUDGED = "judged"
TOO_FEW_WEEKS = "too few weeks"
TOO_FEW_EVENTS = "too few events"
NO_LIKE_WEEK = "no like week"
ALL = "all"
_SEASONS = ("month_end_share", "quarter_end_share", "year_end_share")
_SEASONAL = ("count", "deals", "money")
_YEAR_DAYS = 365.25
_TINY = 1e-12
# A p-value below this is no longer told apart.
_LEAST_P = 1e-250
# Less spread beyond that of a plain count is none.
_LEAST_EXCESS = 1e-9
_ROUNDS = 10
# From this expected count on, half of the weeks tell the level and the spread well.
_MEDIAN_COUNT = 5.0
_MAD = 1.482602218505602
# The variance of a median is so many times that of a mean.
_MEDIAN_VARIANCE = np.pi / 2
# A sum of deals is counted in so many steps, up to so many deviations beyond its mean.
_STEPS = 4096
_REACH = 16.0
# Figures are rounded to what the last bits of an addition cannot change.
_DIGITS = 9

VERDICTS = pa.schema(
    [
        ("metric", pa.string()),
        ("segment", pa.string()),
        ("channel", pa.string()),
        ("week", pa.date32()),
        ("status", pa.string()),
        ("observed", pa.float64()),
        ("expected", pa.float64()),
        ("expected_low", pa.float64()),
        ("expected_high", pa.float64()),
        ("difference", pa.float64()),
        ("baseline_weeks", pa.int64()),
        ("rejected_weeks", pa.int64()),
        ("score", pa.float64()),
        ("p_value", pa.float64()),
        ("q_value", pa.float64()),
    ]
)
GAPS = pa.schema(
    [
        ("segment", pa.string()),
        ("month", pa.date32()),
        ("p_value", pa.float64()),
        ("q_value", pa.float64()),
    ]
)


@dataclass(frozen=True)
class Metric:
    """Every series of a metric on one calendar: a row a series, a column a week."""

    kind: str
    keys: list[tuple[str, str, str]]
    weeks: list[date]
    # No series has weeks before its first; there the figures are no zeros but nothing.
    known: Flags
    judged: Flags
    numerator: Array
    denominator: Array
    logs: Array
    squared_logs: Array
    seasons: Array

    @property
    def groups(self) -> list[NDArray[np.int64]]:
        """Return the series of each level: cells, segments, channels and the total."""
        levels: dict[tuple[bool, bool], list[int]] = defaultdict(list)
        for place, (_, segment, channel) in enumerate(self.keys):
            levels[segment == ALL, channel == ALL].append(place)
        return [np.array(places) for places in levels.values()]


@dataclass(frozen=True)
class Forecast:
    """What each series was expected to be in one week, and how surely.

    excess is the variance beyond that of a plain count: alpha of a negative binomial
    (variance m + alpha m^2), or the correlation within a week of a beta-binomial.
    """

    level: Array
    exposure: Array
    excess: Array
    freedom: Array
    kept: Flags
    used: Flags


def judge_weeks(weeks: pa.Table, policies: pa.Table) -> pa.Table:
    """Return what each week that is to be judged was expected to be, by VERDICTS.

    A week is held against the weeks of its series before it, never against later ones.

    Args:
        weeks: metric, segment, channel, kind, week, is_judged, numerator, denominator,
            log_sum, log_square_sum and the shares of season of every week and series.
        policies: the one row in force of anomaly_policies, or none.
    """
    found: list[dict[str, Any]] = []
    for policy in policies.to_pylist():
        by_metric: dict[str, list[Row]] = defaultdict(list)
        for row in weeks.to_pylist():
            by_metric[row["metric"]].append(row)
        for name in sorted(by_metric):
            found += _judge_metric(_metric(by_metric[name]), policy)
    _add_q_values(found)
    return pa.Table.from_pylist(found, VERDICTS)


def _add_q_values(rows: Sequence[dict[str, Any]]) -> None:
    """Add Benjamini and Hochberg's (1995) q-value over all weeks and series judged."""
    judged = [row for row in rows if row["p_value"] is not None]
    if judged:
        found = multipletests([row["p_value"] for row in judged], method="fdr_bh")[1]
        for row, q_value in zip(judged, found, strict=True):
            row["q_value"] = float(q_value)


def _metric(rows: Sequence[Row]) -> Metric:
    keys = sorted({(row["metric"], row["segment"], row["channel"]) for row in rows})
    weeks = sorted({row["week"] for row in rows})
    row_of = {key: place for place, key in enumerate(keys)}
    column_of = {week: place for place, week in enumerate(weeks)}
    shape = (len(keys), len(weeks))
    figures = {
        name: np.zeros(shape)
        for name in ("numerator", "denominator", "log_sum", "log_square_sum")
    }
    known, judged = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    seasons = np.zeros((len(weeks), len(_SEASONS)))
    for row in rows:
        place = (
            row_of[row["metric"], row["segment"], row["channel"]],
            column_of[row["week"]],
        )
        known[place], judged[place] = True, row["is_judged"]
        for name, figure in figures.items():
            figure[place] = float(row[name] or 0)
        seasons[place[1]] = [float(row[name]) for name in _SEASONS]
    return Metric(
        rows[0]["kind"],
        keys,
        weeks,
        known,
        judged,
        figures["numerator"],
        figures["denominator"],
        figures["log_sum"],
        figures["log_square_sum"],
        seasons,
    )


def _judge_metric(metric: Metric, policy: Row) -> list[dict[str, Any]]:
    found = []
    for week in np.flatnonzero(metric.judged.any(axis=0)):
        found += _judge_week(metric, int(week), policy)
    return found


def _judge_week(metric: Metric, week: int, policy: Row) -> list[dict[str, Any]]:
    base = slice(max(0, week - policy["baseline_weeks"]), week)
    factors, doubt = season_factors(metric, week, policy)
    if metric.kind in ("rate", "cost"):
        exposure = metric.denominator[:, base]
        now = metric.denominator[:, week]
    else:
        exposure = np.broadcast_to(factors[base], metric.known[:, base].shape)
        now = np.full(len(metric.keys), factors[week])
    used = metric.known[:, base] & (exposure > 0)
    weeks = used.sum(axis=1)
    verdict: dict[str, Array] = {}
    if weeks.max() < policy["least_weeks"]:
        pass
    elif metric.kind == "money":
        verdict = _judge_money(
            metric, week, base, used, season=(factors, doubt), policy=policy
        )
    else:
        # Deals are counted first; their values come after.
        counts = metric.denominator if metric.kind == "deals" else metric.numerator
        forecast = fit_levels(
            metric.kind,
            counts[:, base],
            exposure,
            used,
            now=now,
            groups=metric.groups,
            policy=policy,
        )
        forecast = _with_doubt(metric.kind, forecast, exposure, doubt)
        judge = _judge_deals if metric.kind == "deals" else _judge_counts
        verdict = judge(metric, week, base, forecast, policy)
    is_alike = metric.kind not in _SEASONAL or _has_like_week(metric, week)
    enough = (_events(metric, base, used) >= policy["least_events"]) & (now > 0)
    rows = []
    for place in map(int, np.flatnonzero(metric.judged[:, week])):
        row: dict[str, Any] = dict.fromkeys(VERDICTS.names)
        row |= dict(zip(VERDICTS.names[:3], metric.keys[place], strict=True))
        row |= {"week": metric.weeks[week], "baseline_weeks": int(weeks[place])}
        row["observed"] = _observed(metric, place, week)
        if weeks[place] < policy["least_weeks"]:
            row["status"] = TOO_FEW_WEEKS
        elif not is_alike:
            row["status"] = NO_LIKE_WEEK
        elif not enough[place]:
            row["status"] = TOO_FEW_EVENTS
        else:
            row["status"] = JUDGED
            row |= {name: _plain(column[place]) for name, column in verdict.items()}
            row["rejected_weeks"] = int(verdict["rejected_weeks"][place])
        rows.append(row)
    return rows


def _plain(value: float) -> float | None:
    return float(f"{value:.{_DIGITS}g}") if np.isfinite(value) else None


def _observed(metric: Metric, place: int, week: int) -> float | None:
    numerator = metric.numerator[place, week]
    denominator = metric.denominator[place, week]
    if metric.kind == "rate":
        return _plain(numerator / denominator) if denominator else None
    if metric.kind == "cost":
        return _plain(denominator / numerator) if numerator else None
    return _plain(numerator)


def _events(metric: Metric, base: slice, used: Flags) -> Array:
    """Return how many events the weeks before hold; weeks with any, where it is money.

    Of a rate and of deals they are what it counts, not what came of it.
    """
    numerator = np.where(used, metric.numerator[:, base], 0)
    if metric.kind == "money":
        return np.asarray((numerator > 0).sum(axis=1), dtype=np.float64)
    if metric.kind in ("rate", "deals"):
        return np.asarray(np.where(used, metric.denominator[:, base], 0).sum(axis=1))
    return np.asarray(numerator.sum(axis=1))


def _has_like_week(metric: Metric, week: int) -> bool:
    """Whether any week before has as much of the turn of the year, or half as much."""
    share = metric.seasons[week, _SEASONS.index("year_end_share")]
    before = metric.seasons[:week, _SEASONS.index("year_end_share")]
    return bool(share <= 0 or (before >= share / 2).any())


def season_factors(metric: Metric, week: int, policy: Row) -> tuple[Array, float]:
    """Return the factor of each week up to one, by the weeks of all series before it.

    Trend, ends of months, quarters and years, and from season_weeks on two harmonics of
    the year, by quasi-Poisson regression of the total; weeks that do not fit are left
    out and the rest is fitted again. The second figure is the variance, relative to the
    week, with which the factor is known against those of the baseline.
    """
    flat = np.ones(week + 1)
    total = (metric.keys[0][0], ALL, ALL)
    if metric.kind not in _SEASONAL or total not in metric.keys:
        return flat, 0.0
    place = metric.keys.index(total)
    first = max(0, week - policy["most_weeks"])
    figures = metric.denominator if metric.kind == "deals" else metric.numerator
    results = figures[place, first:week]
    design = _season_design(metric, first, week, policy["season_weeks"])
    past = design[:-1]
    if len(past) < max(policy["least_weeks"], past.shape[1] + 1) or results.sum() <= 0:
        return flat, 0.0
    kept = np.ones(len(past), dtype=bool)
    for _ in range(_ROUNDS):
        fit = _fit_poisson(results[kept], past[kept])
        if fit is None:
            return flat, 0.0
        parameters, covariance = fit
        expected = np.exp(past @ parameters)
        errors = (results - expected) / np.sqrt(expected)
        spread = max(_MAD * float(np.median(np.abs(errors))), _TINY)
        fits = np.abs(errors) <= stats.norm.isf(policy["rejection_level"] / 2) * spread
        if (fits == kept).all() or np.linalg.matrix_rank(past[fits]) < past.shape[1]:
            break
        kept = fits
    factors = np.ones(week + 1)
    factors[first:] = np.exp(design @ parameters)
    base = slice(-1 - policy["baseline_weeks"], -1)
    weights = factors[first:][base]
    contrast = design[-1] - weights @ design[base] / weights.sum()
    return factors / factors[week], float(contrast @ covariance @ contrast)


def _season_design(metric: Metric, first: int, week: int, season_weeks: int) -> Array:
    days = np.array([day.toordinal() for day in metric.weeks[first : week + 1]])
    years = (days - days[-1]) / _YEAR_DAYS
    columns = [np.ones(len(days)), years]
    seasons = metric.seasons[first : week + 1]
    if len(days) > 1:
        columns += [each for each in seasons.T if np.ptp(each[:-1]) > 0]
    if len(days) > season_weeks:
        for turns in (1, 2):
            angle = 2 * np.pi * turns * days / _YEAR_DAYS
            columns += [np.sin(angle), np.cos(angle)]
    return np.column_stack(columns)


def _fit_poisson(results: Array, design: Array) -> tuple[Array, Array] | None:
    if results.sum() <= 0 or np.linalg.matrix_rank(design) < design.shape[1]:
        return None
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            # By the parameters, as lib.response_curves says.
            fit = sm.GLM(results, design, family=sm.families.Poisson()).fit(
                scale="X2", tol_criterion="params"
            )
        except (ValueError, np.linalg.LinAlgError):
            return None
        covariance = np.asarray(fit.cov_params())
    if not fit.converged or not np.isfinite(covariance).all():
        return None
    return np.asarray(fit.params), covariance


def fit_levels(
    kind: str,
    counts: Array,
    exposure: Array,
    used: Flags,
    *,
    now: Array,
    groups: Sequence[NDArray[np.int64]],
    policy: Row,
) -> Forecast:
    """Return the level and the spread of each series, by the weeks that fit.

    Level is counts by exposure. The spread beyond that of a plain count is by moments,
    drawn towards that of the other series of its level of detail as if these were
    pooled_weeks weeks more. Weeks whose p-value lies below rejection_level are left out
    and the rest is fitted again; what a cut tail takes off the variance is added back.
    """
    cut = stats.norm.isf(policy["rejection_level"] / 2)
    left = 1 - 2 * cut * stats.norm.pdf(cut) / (1 - policy["rejection_level"])
    level = _first_level(kind, counts, exposure, used)
    kept = used.copy()
    is_first = True
    for _ in range(_ROUNDS):
        if not is_first:
            level = _mean_level(kind, counts, exposure, kept)
        excess, freedom = _excess(
            kind,
            counts,
            exposure,
            level,
            kept,
            groups=groups,
            policy=policy,
            left=left,
            is_first=is_first,
        )
        law = rate_tails if kind == "rate" else tails
        lower, upper = law(counts, exposure, level[:, None], excess[:, None])
        fits = used & (2 * np.minimum(lower, upper) >= policy["rejection_level"])
        if not is_first and (fits == kept).all():
            break
        kept, is_first = fits, False
    return Forecast(level, now, excess, freedom, kept, used)


def _ratio(above: Array, below: Array) -> Array:
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _mean_level(kind: str, counts: Array, exposure: Array, kept: Flags) -> Array:
    """Return counts by exposure; a rate never as wholly 0 or 1 (Jeffreys)."""
    above, below = (counts * kept).sum(axis=1), (exposure * kept).sum(axis=1)
    return _ratio(above + 0.5, below + 1) if kind == "rate" else _ratio(above, below)


def _first_level(kind: str, counts: Array, exposure: Array, used: Flags) -> Array:
    """Return a level that a few weeks cannot move: a median, of small counts a mean.

    The mean is of counts that are cut at the ninth tenth of the weeks.
    """
    if kind == "rate":
        return _mean_level(kind, counts, exposure, used)
    ratios = np.where(used, counts / np.where(used, exposure, 1), np.nan)
    some = used.any(axis=1)
    ratios[~some] = 0
    median = np.nanmedian(ratios, axis=1)
    most = np.nanquantile(ratios, 0.9, axis=1)
    cut = np.where(used, np.minimum(ratios, most[:, None]) * exposure, 0).sum(axis=1)
    cut_mean = _ratio(cut, (exposure * used).sum(axis=1))
    usual = _ratio((exposure * used).sum(axis=1), used.sum(axis=1))
    return np.asarray(np.where(median * usual >= _MEDIAN_COUNT, median, cut_mean))


def _excess(
    kind: str,
    counts: Array,
    exposure: Array,
    level: Array,
    kept: Flags,
    *,
    groups: Sequence[NDArray[np.int64]],
    policy: Row,
    left: float,
    is_first: bool,
) -> tuple[Array, Array]:
    expected = level[:, None] * exposure
    plain = expected * (1 - level[:, None]) if kind == "rate" else expected
    counted = kept & (plain > _TINY)
    squares = np.where(
        counted, (counts - expected) ** 2 / np.where(counted, plain, 1), 0
    )
    number = counted.sum(axis=1)
    if is_first:
        # The median of the squares, where counts are large enough to have one.
        middle = np.array(
            [
                np.median(one[flags]) if flags.any() else 0
                for one, flags in zip(squares, counted, strict=True)
            ]
        )
        usual = _ratio((plain * counted).sum(axis=1), number)
        mean = np.where(usual >= _MEDIAN_COUNT, _MAD**2 * middle, 1.0)
        beyond = number * (mean - 1)
    else:
        beyond = squares.sum(axis=1) / left - np.maximum(number - 1, 0)
    sizes = exposure - 1 if kind == "rate" else expected
    weights = np.where(counted, np.maximum(sizes, 0), 0).sum(axis=1)
    excess, freedom = np.zeros(len(level)), np.maximum(number - 1, 1).astype(float)
    for group in groups:
        weight = weights[group]
        pooled = max(0.0, float(beyond[group].sum())) / max(float(weight.sum()), _TINY)
        if len(group) > 1:
            prior = policy["pooled_weeks"] * _ratio(weight, number[group].astype(float))
            freedom[group] += policy["pooled_weeks"]
        else:
            prior = np.zeros(len(group))
        excess[group] = np.maximum(
            _ratio(beyond[group] + prior * pooled, weight + prior), 0
        )
    return np.minimum(excess, 0.99) if kind == "rate" else excess, freedom


def _with_doubt(
    kind: str, forecast: Forecast, exposure: Array, doubt: float
) -> Forecast:
    """Add to the spread that the level, and the season, are known only so well."""
    level, excess, kept = forecast.level, forecast.excess, forecast.kept
    sizes = np.where(kept, exposure, 0)
    if kind == "rate":
        variance = (sizes * (1 + np.maximum(sizes - 1, 0) * excess[:, None])).sum(1)
        wider = np.minimum(excess + _ratio(variance, sizes.sum(1) ** 2), 0.99)
    else:
        means = level[:, None] * sizes
        variance = (means + excess[:, None] * means**2).sum(1)
        unsure = _ratio(variance, means.sum(1) ** 2) + doubt
        wider = excess + unsure * (1 + excess)
    return Forecast(
        level, forecast.exposure, wider, forecast.freedom, kept, forecast.used
    )


def tails(
    counts: Array, exposure: Array, level: Array, excess: Array
) -> tuple[Array, Array]:
    """Return the chances of so few, and of so many, by negative binomials.

    Counts may be fractions, as credited ones are: the distribution function is an
    incomplete beta function, which has values between.
    """
    mean = np.maximum(level * exposure, _TINY)
    size = 1 / np.maximum(excess, _LEAST_EXCESS)
    failing = size / (size + mean)
    lower = special.betainc(size, counts + 1, failing)
    upper = special.betaincc(size, np.maximum(counts, _TINY), failing)
    return np.asarray(lower), np.where(counts > 0, upper, 1)


def rate_tails(
    counts: Array, trials: Array, level: Array, excess: Array
) -> tuple[Array, Array]:
    """Return about the chances of so few, and of so many, by beta-binomials.

    A beta distribution with their mean and variance stands in for each: good enough
    for leaving a week out, and much faster.
    """
    number = np.maximum(trials, 1)
    strength = np.maximum(number / (1 + (number - 1) * excess) - 1, _LEAST_EXCESS)
    shape = np.maximum(level * strength, _TINY)
    other = np.maximum((1 - level) * strength, _TINY)
    lower = special.betainc(shape, other, np.clip((counts + 0.5) / number, 0, 1))
    upper = special.betaincc(shape, other, np.clip((counts - 0.5) / number, 0, 1))
    alone = number == 1
    return (
        np.where(alone, np.where(counts > 0, 1, 1 - level), lower),
        np.where(alone, np.where(counts > 0, level, 1), upper),
    )


def exact_rate_tails(
    counts: Array, trials: Array, level: Array, excess: Array
) -> tuple[Array, Array]:
    """Return the chances of so few, and of so many, by beta-binomials."""
    law = _rate_law(trials, level, excess)
    return law.cdf(counts), law.sf(counts - 1)


def _rate_law(trials: Array, level: Array, excess: Array) -> Any:
    strength = (1 - excess) / np.maximum(excess, _LEAST_EXCESS)
    return stats.betabinom(trials, level * strength, (1 - level) * strength)


def scored(lower: Array, upper: Array, freedom: Array) -> tuple[Array, Array]:
    """Return two-sided p-values and signed scores from the chances of both tails.

    As the spread is estimated, the score that a tail is worth is read as one of
    Student's t; the score returned is the normal one of the p-value that results.
    """
    smaller = np.clip(np.minimum(lower, upper), _LEAST_P, 0.5)
    p_values = 2 * stats.t.sf(stats.norm.isf(smaller), freedom)
    p_values = np.clip(p_values, _LEAST_P, 1)
    return p_values, np.where(upper < lower, 1, -1) * stats.norm.isf(p_values / 2)


def _interval_tail(freedom: Array, policy: Row) -> Array:
    tail = (1 - policy["interval_level"]) / 2
    return np.asarray(stats.norm.sf(stats.t.isf(tail, freedom)))


def _around(law: Any, tail: Array, mean: Array) -> tuple[Array, Array]:
    """Return an interval of ordinary counts that holds the mean, be it a fraction."""
    return np.minimum(law.ppf(tail), mean), np.maximum(law.ppf(1 - tail), mean)


def _judge_counts(
    metric: Metric, week: int, base: slice, forecast: Forecast, policy: Row
) -> dict[str, Array]:
    counts, now = metric.numerator[:, week], forecast.exposure
    level, excess = forecast.level, forecast.excess
    law_tails = exact_rate_tails if metric.kind == "rate" else tails
    lower, upper = law_tails(counts, now, level, excess)
    p_values, scores = scored(lower, upper, forecast.freedom)
    tail = _interval_tail(forecast.freedom, policy)
    mean = level * now
    with np.errstate(all="ignore"):
        if metric.kind == "rate":
            law = _rate_law(now, level, excess)
            low, high = _around(law, tail, mean)
            # Dividing again may lose the last bit of the level.
            low, high = np.minimum(low / now, level), np.maximum(high / now, level)
            expected = level
        else:
            size = 1 / np.maximum(excess, _LEAST_EXCESS)
            law = stats.nbinom(size, size / (size + np.maximum(mean, _TINY)))
            (low, high), expected = _around(law, tail, mean), mean
            if metric.kind == "cost":
                low, high, expected = now / high, now / low, now / mean
                # Few results are a high cost.
                scores = -scores
    return {
        "expected": expected,
        "expected_low": low,
        "expected_high": high,
        "difference": counts - mean,
        "rejected_weeks": (forecast.used & ~forecast.kept).sum(axis=1),
        "p_value": p_values,
        "score": scores,
    }


def _judge_money(
    metric: Metric,
    week: int,
    base: slice,
    used: Flags,
    *,
    season: tuple[Array, float],
    policy: Row,
) -> dict[str, Array]:
    """Judge money by median and median deviation of its logarithm; zeros apart.

    Where fewer weeks than usual_empty_share were empty before, those do not fit, and an
    empty one counts as empty_share of the level; else it is as likely as they were.
    """
    factors, doubt = season
    names = ("expected", "expected_low", "expected_high", "difference")
    found = {name: np.full(len(metric.keys), np.nan) for name in names}
    lower, upper = np.ones(len(metric.keys)), np.ones(len(metric.keys))
    freedom = np.ones(len(metric.keys))
    rejected = np.zeros(len(metric.keys))
    tail = (1 - policy["interval_level"]) / 2
    for place in range(len(metric.keys)):
        figures = metric.numerator[place, base][used[place]]
        some = figures > 0
        if some.sum() < 2:
            continue
        logs = np.log(figures[some] / factors[base][used[place]][some])
        middle = float(np.median(logs)) + float(np.log(factors[week]))
        deviations = np.abs(logs - np.median(logs))
        spread = max(_MAD * float(np.median(deviations)), policy["least_spread"])
        cut = stats.norm.isf(policy["rejection_level"] / 2)
        rejected[place] = (deviations > cut * spread).sum()
        count = len(logs)
        width = np.sqrt(spread**2 * (1 + _MEDIAN_VARIANCE / count) + doubt)
        freedom[place] = count - 1
        law = stats.t(count - 1, middle, width)
        if np.mean(~some) < policy["usual_empty_share"]:
            empty = 0.0
            rejected[place] += np.sum(~some)
        else:
            empty = (np.sum(~some) + 1) / (len(figures) + 2)
        value = metric.numerator[place, week]
        if value > 0 or empty == 0:
            least = policy["empty_share"] * np.exp(middle)
            log = np.log(value if value > 0 else least)
            lower[place] = empty + (1 - empty) * law.cdf(log)
            upper[place] = (1 - empty) * law.sf(log)
        else:
            lower[place] = empty
        found["expected"][place] = np.exp(middle) * (1 - empty)
        low = (tail - empty) / (1 - empty)
        found["expected_low"][place] = np.exp(law.ppf(low)) if low > 0 else 0.0
        high = tail / (1 - empty)
        found["expected_high"][place] = max(
            np.exp(law.isf(high)) if high < 1 else 0.0, found["expected"][place]
        )
        found["difference"][place] = value - found["expected"][place]
    smaller = np.clip(np.minimum(lower, upper), _LEAST_P, 0.5)
    found["p_value"] = 2 * smaller
    found["score"] = np.where(upper < lower, 1, -1) * stats.norm.isf(smaller)
    return found | {"rejected_weeks": rejected}


def _judge_deals(
    metric: Metric, week: int, base: slice, forecast: Forecast, policy: Row
) -> dict[str, Array]:
    """Judge the sum of deals: so many, each of a log-normal value.

    The distribution of the sum is that of a compound negative binomial, by the fast
    Fourier transform of its generating function.
    """
    total = metric.keys.index((metric.keys[0][0], ALL, ALL))
    counts = np.where(forecast.kept, metric.denominator[:, base], 0).sum(axis=1)
    logs = np.where(forecast.kept, metric.logs[:, base], 0).sum(axis=1)
    squares = np.where(forecast.kept, metric.squared_logs[:, base], 0).sum(axis=1)
    means = _ratio(logs, counts)
    within = np.maximum(squares - counts * means**2, 0)
    usual = within[total] / max(counts[total] - 1, 1)
    prior = float(policy["pooled_weeks"])
    variances = (within + prior * usual) / (np.maximum(counts - 1, 0) + prior)
    size = len(metric.keys)
    names = ("expected", "expected_low", "expected_high")
    found = {name: np.full(size, np.nan) for name in names}
    lower, upper = np.ones(size), np.ones(size)
    tail = _interval_tail(forecast.freedom, policy)
    for place in range(size):
        mean = forecast.level[place] * forecast.exposure[place]
        if counts[place] < 2 or mean <= 0:
            continue
        unsure = variances[place] / counts[place]
        law = SumOfDeals(
            mean,
            forecast.excess[place] + unsure,
            means[place],
            variances[place],
        )
        value = metric.numerator[place, week]
        lower[place], upper[place] = law.tails(value)
        found["expected"][place] = law.mean
        found["expected_low"][place] = min(law.quantile(tail[place]), law.mean)
        found["expected_high"][place] = max(law.quantile(1 - tail[place]), law.mean)
    p_values, scores = scored(lower, upper, forecast.freedom)
    return found | {
        "difference": metric.numerator[:, week] - found["expected"],
        "rejected_weeks": (forecast.used & ~forecast.kept).sum(axis=1),
        "p_value": p_values,
        "score": scores,
    }


class SumOfDeals:
    """The sum of a negative binomial number of log-normal values, on a grid."""

    def __init__(
        self, count: float, excess: float, log_mean: float, log_variance: float
    ) -> None:
        one = np.exp(log_mean + log_variance / 2)
        spread = np.sqrt(
            count * one**2 * np.exp(log_variance) + excess * (count * one) ** 2
        )
        self.mean = float(count * one)
        self._step = float((self.mean + _REACH * spread) / _STEPS)
        edges = (np.arange(_STEPS + 1) - 0.5) * self._step
        logs = np.log(np.maximum(edges, _TINY))
        places = (logs - log_mean) / np.sqrt(max(log_variance, _TINY))
        chances = np.diff(special.ndtr(places))
        chances[-1] += special.ndtr(-places[-1])
        # Twice the grid, so that what lies beyond it does not come round to its start.
        turned = np.fft.fft(chances, 2 * _STEPS)
        excess = max(excess, _LEAST_EXCESS)
        summed = np.exp(-np.log1p(excess * count * (1 - turned)) / excess)
        self._chances = np.clip(np.fft.ifft(summed).real, 0, None)
        self._below = np.cumsum(self._chances)

    def tails(self, value: float) -> tuple[float, float]:
        """Return the chances of no more, and of no less, than a value."""
        place = min(int(value / self._step + 0.5), 2 * _STEPS - 1)
        lower = min(float(self._below[place]), 1.0)
        return lower, float(self._chances[place:].sum())

    def quantile(self, share: float) -> float:
        """Return the value below which a share of the chance lies."""
        return float(np.searchsorted(self._below, share) * self._step)


def judge_cohorts(cohorts: pa.Table) -> pa.Table:
    """Return how likely so few MQLs, or fewer, are in each cohort that is judged.

    Fisher's exact test, one-sided, against the cohorts that it is held against: had
    those that brought an MQL been drawn from all accounts alike (hypergeometric).

    Args:
        cohorts: segment, month, status, accounts, answered, reference_accounts and
            reference_answered of each cohort.
    """
    found: list[dict[str, Any]] = []
    rows = sorted(cohorts.to_pylist(), key=lambda row: (row["month"], row["segment"]))
    for row in rows:
        if row["status"] == JUDGED:
            law = stats.hypergeom(
                row["accounts"] + row["reference_accounts"],
                row["answered"] + row["reference_answered"],
                row["accounts"],
            )
            p_value = _plain(min(1.0, float(law.cdf(row["answered"]))))
            key = {"segment": row["segment"], "month": row["month"]}
            found.append(key | {"p_value": p_value})
    _add_q_values(found)
    return pa.Table.from_pylist(found, GAPS)
