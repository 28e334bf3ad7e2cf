"""A scorecard: points per bin of each feature, and a probability per sum of points.

Each number is cut into bins, and a column says whether a value has reached a bin's
lower bound; so a coefficient is the step from one bin to the next, and a feature is
monotone if its steps all have the sign that policy names. A step of the wrong sign is
taken out, which joins two bins, and the model fitted again. The logistic regression is
ridge-penalised, by the strength that cross-validation finds best, and calibrated on
predictions for leads that the fold had not seen (Platt, 1999).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from lib.scoring.frame import NUMBER, TEXT, UNKNOWN, Feature

Array = NDArray[np.float64]
Span = tuple[str | None, float | None, float | None]
OTHER = "(other)"
POINTS_TO_DOUBLE = 20  # points that double the odds
_PER_LOG_ODDS = POINTS_TO_DOUBLE / math.log(2)
_PENALTIES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
_QUANTILES = (0.0, 0.4, 0.7, 0.9)  # of the values above zero, where bins begin
_FOLDS = 5
_SOLVER = {"solver": "newton-cholesky", "max_iter": 200}
_NO_PENALTY = 1e6
_LEAST_SLOPE = 0.05
_SIGNS = {"up": 1, "up_if_any": 1, "down": -1}


@dataclass(frozen=True)
class Bin:
    """A span of a number (lower bound included), or a value of a text, and its worth.

    The open end of the highest span is null. leads and positives are of training.
    """

    feature: str
    kind: str
    text_value: str | None
    lower_bound: float | None
    upper_bound: float | None
    label: str
    points: int
    average_points: float = 0.0
    leads: int = 0
    positives: int = 0


@dataclass(frozen=True)
class Scorecard:
    """Bins by feature; probability = logistic(intercept + slope * points)."""

    bins: Mapping[str, Sequence[Bin]]
    intercept: float
    slope: float
    penalty: float

    def points(self, frame: pd.DataFrame) -> NDArray[np.int64]:
        """Return the sum of points of each lead."""
        total = np.zeros(len(frame), dtype=np.int64)
        for feature, bins in self.bins.items():
            worth = np.array([part.points for part in bins])
            total += worth[self.places(frame, feature)]
        return total

    def probabilities(self, frame: pd.DataFrame) -> Array:
        """Return the probability of an opportunity for each lead."""
        odds = self.intercept + self.slope * self.points(frame)
        return np.asarray(1 / (1 + np.exp(-odds)))

    def places(self, frame: pd.DataFrame, feature: str) -> NDArray[np.int64]:
        """Return for each lead the place of the bin that it falls in."""
        bins = self.bins[feature]
        if bins[0].kind == NUMBER:
            edges = np.array([part.lower_bound for part in bins[1:]], dtype=np.float64)
            return np.asarray(np.digitize(frame[feature], edges))
        numbers = {part.text_value: place for place, part in enumerate(bins)}
        place = frame[feature].map(numbers).fillna(numbers[OTHER])
        return np.asarray(place, dtype=np.int64)


@dataclass(frozen=True)
class _Column:
    """A column of the design: the step to a bin of a number, or a value of a text.

    is_first says that below the step nobody has any.
    """

    feature: Feature
    edge: float = 0.0
    value: str = ""
    is_first: bool = False


def fit_scorecard(
    frame: pd.DataFrame, features: Sequence[Feature], least_bin_share: float
) -> Scorecard | None:
    """Fit a scorecard to leads with is_positive and the features as columns.

    A bin holds at least the given share of the leads. An unknown text is worth what the
    known ones are on average: that nobody knew it may be told by what came later.
    Returns None where no feature tells anything.
    """
    target = frame["is_positive"].to_numpy(dtype=bool)
    grouped = _grouped(frame, features, least_bin_share)
    columns = [
        column
        for feature in features
        for column in _columns(grouped, feature, least_bin_share)
    ]
    penalty: float | None = None
    while columns:
        design = np.column_stack([_values(grouped, column) for column in columns])
        penalty = penalty or _best_penalty(design, target)
        steps = _regression(penalty).fit(design, target).coef_[0]
        kept = [
            column
            for column, step in zip(columns, steps, strict=True)
            if _is_allowed(column, step)
        ]
        if len(kept) < len(columns):
            columns = kept
            continue
        bins = {}
        for feature in dict.fromkeys(column.feature for column in columns):
            own = {
                column: float(step)
                for column, step in zip(columns, steps, strict=True)
                if column.feature == feature
            }
            parts = _bins(frame, grouped, feature, own)
            if len({part.points for part in parts}) > 1:
                bins[feature.name] = parts
        slope = _calibration_slope(design, target, penalty) / _PER_LOG_ODDS
        card = Scorecard(bins, 0.0, round(slope, 9), penalty)
        return replace(card, intercept=_level(card, frame, target)) if bins else None
    return None


def _grouped(
    frame: pd.DataFrame, features: Sequence[Feature], least_share: float
) -> pd.DataFrame:
    """Return the features with rare texts as one, or unknown if that is rare too."""
    columns = {}
    least = max(1.0, least_share * len(frame))
    for feature in features:
        values = frame[feature.name]
        if feature.kind == TEXT:
            counts = values[values != UNKNOWN].value_counts()
            rare = counts.index[counts < least]
            rest = OTHER if counts[counts < least].sum() >= least else UNKNOWN
            values = values.where(~values.isin(rare), rest)
        columns[feature.name] = values
    return pd.DataFrame(columns, index=frame.index)


def _columns(
    grouped: pd.DataFrame, feature: Feature, least_share: float
) -> list[_Column]:
    values = grouped[feature.name]
    if feature.kind == TEXT:
        names = sorted(set(values) - {UNKNOWN})
        return [_Column(feature, value=name) for name in names if len(names) > 1]
    least = max(1.0, least_share * len(values))
    above = values[values > 0]
    edges: list[float] = []
    for edge in sorted({math.ceil(x) for x in above.quantile(_QUANTILES).dropna()}):
        reached = (values >= edge).sum()
        before = (values >= edges[-1]).sum() if edges else len(values)
        if reached >= least and before - reached >= least:
            edges.append(float(edge))
    lowest = above.min()
    return [_Column(feature, edge=edge, is_first=edge <= lowest) for edge in edges]


def _values(grouped: pd.DataFrame, column: _Column) -> Array:
    values = grouped[column.feature.name]
    if column.feature.kind == NUMBER:
        return np.asarray(values >= column.edge, dtype=np.float64)
    known = (values != UNKNOWN).to_numpy()
    has = np.asarray(values == column.value, dtype=np.float64)
    return np.where(known, has, has[known].mean())


def _is_allowed(column: _Column, step: float) -> bool:
    """Tell whether a step runs with the direction that policy gives the feature."""
    direction = column.feature.direction
    if direction == "up_if_any" and column.is_first:
        return True
    return step * _SIGNS.get(direction, 0) >= 0


def _regression(penalty: float) -> LogisticRegression:
    return LogisticRegression(C=penalty, **_SOLVER)


def _folds(target: NDArray[np.bool_]) -> StratifiedKFold:
    count = int(min(_FOLDS, target.sum(), (~target).sum()))
    return StratifiedKFold(max(count, 2), shuffle=True, random_state=0)


def _best_penalty(design: Array, target: NDArray[np.bool_]) -> float:
    """Return the strength whose predictions of unseen leads lose least."""
    tried = LogisticRegressionCV(
        Cs=_PENALTIES,
        cv=_folds(target),
        scoring="neg_log_loss",
        l1_ratios=(0,),
        # So that losses are compared, and not where the search for them stopped.
        tol=1e-8,
        refit=False,
        use_legacy_attributes=False,
        **_SOLVER,
    ).fit(design, target)
    losses = -tried.scores_.mean(axis=(0, 1))
    return min(zip(losses.round(7), _PENALTIES, strict=True))[1]


def _calibration_slope(
    design: Array, target: NDArray[np.bool_], penalty: float
) -> float:
    """Return what the log-odds of unseen leads must be multiplied by."""
    unseen = cross_val_predict(
        _regression(penalty),
        design,
        target,
        cv=_folds(target),
        method="decision_function",
    )
    platt = LogisticRegression(C=_NO_PENALTY, max_iter=1000)
    platt.fit(unseen.reshape(-1, 1), target)
    return max(float(platt.coef_[0, 0]), _LEAST_SLOPE)


def _level(card: Scorecard, frame: pd.DataFrame, target: NDArray[np.bool_]) -> float:
    """Return the intercept with which probabilities average the share of positives."""
    odds = card.slope * card.points(frame)
    share = float(target.mean())
    level = math.log(share / (1 - share)) - float(odds.mean())
    for _ in range(50):
        chance = 1 / (1 + np.exp(-(level + odds)))
        step = (share - chance.mean()) / (chance * (1 - chance)).mean()
        level += float(np.clip(step, -1, 1))
    return round(level, 9)


def _bins(
    frame: pd.DataFrame,
    grouped: pd.DataFrame,
    feature: Feature,
    steps: Mapping[_Column, float],
) -> list[Bin]:
    """Return a feature's bins, the cheapest at 0 points."""
    spans: list[Span]
    if feature.kind == NUMBER:
        lows = [0.0, *(column.edge for column in steps)]
        highs: list[float | None] = [*lows[1:], None]
        spans = [(None, low, high) for low, high in zip(lows, highs, strict=True)]
        worth = [0.0, *np.cumsum([*steps.values()]).tolist()]
    else:
        known = (grouped[feature.name] != UNKNOWN).to_numpy()
        shares = [_values(grouped, column)[known].mean() for column in steps]
        average = float(np.dot(shares, [*steps.values()]))
        texts = {column.value: step for column, step in steps.items()}
        texts = {OTHER: average, UNKNOWN: average} | texts
        spans = [(text, None, None) for text in sorted(texts)]
        worth = [texts[text] for text in sorted(texts)]
    points = [round((value - min(worth)) * _PER_LOG_ODDS) for value in worth]
    parts = [
        Bin(feature.name, feature.kind, *span, _label(feature, span), worth_points)
        for span, worth_points in zip(spans, points, strict=True)
    ]
    place = Scorecard({feature.name: parts}, 0, 0, 0).places(frame, feature.name)
    mean = round(float(np.array(points)[place].mean()), 6)
    positive = frame["is_positive"].to_numpy(dtype=bool)
    return [
        replace(
            part,
            average_points=mean,
            leads=int((place == number).sum()),
            positives=int(positive[place == number].sum()),
        )
        for number, part in enumerate(parts)
    ]


def _label(feature: Feature, span: Span) -> str:
    text, low, high = span
    if text is not None:
        told = text.strip("()") if text in (OTHER, UNKNOWN) else text
        return f"{feature.label}: {told.replace('_', ' ')}"
    low = low or 0.0
    if high is None:
        return f"{feature.label}: {low:g} or more"
    if high - low == 1:
        return f"{feature.label}: {low:g}"
    return f"{feature.label}: {low:g} to below {high:g}"
