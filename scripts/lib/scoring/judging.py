"""How well probabilities foretold what happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from lib.scoring.scorecard import Scorecard

Array = NDArray[np.float64]
_DECILES = 10
_LEAST_SHARE = 0.0001  # of leads in a bin, so that an empty one has a logarithm


@dataclass(frozen=True)
class Verdict:
    """Figures over some leads; AUC is null unless both outcomes are among them."""

    leads: int
    positives: int
    auc: float | None
    brier_score: float
    log_loss: float
    calibration_error: float
    top_decile_lift: float | None
    mean_probability: float
    observed_rate: float


def judge(probability: Array, happened: NDArray[np.bool_]) -> Verdict:
    """Return the figures for leads, of which there must be one at least.

    calibration_error is the mean distance of probability and rate over deciles.
    """
    deciles = decile_numbers(probability)
    error = sum(
        abs(probability[deciles == number].sum() - happened[deciles == number].sum())
        for number in range(_DECILES)
    ) / len(probability)
    return Verdict(
        leads=len(probability),
        positives=int(happened.sum()),
        auc=area(probability, happened),
        brier_score=_rounded(brier_score_loss(happened, probability)),
        log_loss=_rounded(log_loss(happened, probability, labels=[False, True])),
        calibration_error=_rounded(error),
        top_decile_lift=_lift(probability, happened),
        mean_probability=_rounded(probability.mean()),
        observed_rate=_rounded(happened.mean()),
    )


def area(score: Array, happened: NDArray[np.bool_]) -> float | None:
    """Return the area under the ROC curve; null where only one outcome is there."""
    if happened.all() or not happened.any():
        return None
    return _rounded(roc_auc_score(happened, score))


def decile_numbers(probability: Array) -> NDArray[np.int64]:
    """Return for each lead its tenth, 0 the highest; leads are in a total order."""
    order = np.argsort(-probability, kind="stable")
    numbers = np.empty(len(order), dtype=np.int64)
    numbers[order] = np.arange(len(order)) * _DECILES // max(len(order), 1)
    return numbers


def slices(
    probability: Array, happened: NDArray[np.bool_], segments: pd.Series
) -> Iterator[dict[str, Any]]:
    """Give the figures by decile (1 the highest) and by segment."""
    deciles = decile_numbers(probability) + 1
    parts = [("decile", str(number), deciles == number) for number in range(1, 11)]
    names = segments.fillna("unknown").to_numpy()
    parts += [("segment", name, names == name) for name in sorted(set(names))]
    for slice_type, name, inside in parts:
        if inside.any():
            yield {
                "slice_type": slice_type,
                "slice": name,
                "leads": int(inside.sum()),
                "positives": int(happened[inside].sum()),
                "auc": area(probability[inside], happened[inside])
                if slice_type == "segment"
                else None,
                "mean_probability": _rounded(probability[inside].mean()),
                "observed_rate": _rounded(happened[inside].mean()),
            }


def drifts(card: Scorecard, frame: pd.DataFrame) -> Mapping[str, float]:
    """Return by feature how far its bins have moved since training (PSI)."""
    moved = {}
    for feature, bins in card.bins.items():
        then = np.array([part.leads for part in bins], dtype=np.float64)
        now = np.bincount(card.places(frame, feature), minlength=len(bins))
        before = np.maximum(then / then.sum(), _LEAST_SHARE)
        after = np.maximum(now / now.sum(), _LEAST_SHARE)
        moved[feature] = _rounded(((after - before) * np.log(after / before)).sum())
    return moved


def _lift(probability: Array, happened: NDArray[np.bool_]) -> float | None:
    """Return how often the top tenth converts, as a multiple of all.

    Leads that tie for the last places of the tenth share them.
    """
    if not happened.any():
        return None
    places = max(1, round(len(probability) / _DECILES))
    last = np.sort(probability)[-places]
    above, tied = probability > last, probability == last
    share = (places - above.sum()) / tied.sum()
    converted = happened[above].sum() + share * happened[tied].sum()
    return _rounded(converted / places / happened.mean())


def _rounded(value: Any) -> float:
    return round(float(value), 6)
