"""How near the scorecard comes to the best that its features allow, on built marts.

    PYTHONPATH=scripts .venv/bin/python benchmarks/lead_scores.py [--repeats 3]

Every lead is foretold by models that never saw it, in folds drawn anew each time: the
scorecard, and three strong learners whose points nobody could type in. The best of
those stands for the best possible. It fails where the scorecard's AUC is more than 0.03
below it, or its probabilities are 0.03 off on average over deciles.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from lib.cli import CHECK_FAILED, OK, run
from lib.scoring.challenger import boosted_probabilities, design_of
from lib.scoring.frame import Feature, Setting, lead_frame, listed_features
from lib.scoring.judging import judge
from lib.scoring.running import moment_of, policy_of
from lib.scoring.scorecard import fit_scorecard
from lib.warehouse import connect

FOLDS = 5
MOST = 0.03
Array = NDArray[np.float64]
Learner = Callable[[pd.DataFrame, pd.DataFrame], Array]


def learners(features: list[Feature], least_bin_share: float) -> dict[str, Learner]:
    """Return what foretells leads from earlier ones, by name."""

    def scorecard(frame: pd.DataFrame, later: pd.DataFrame) -> Array:
        card = fit_scorecard(frame, features, least_bin_share)
        if card is None:
            return np.full(len(later), frame["is_positive"].mean())
        return card.probabilities(later)

    def boosting(frame: pd.DataFrame, later: pd.DataFrame) -> Array:
        return boosted_probabilities(frame, later, features)

    def by(model: object) -> Learner:
        def foretell(frame: pd.DataFrame, later: pd.DataFrame) -> Array:
            known, unseen = design_of(frame, later, features)
            model.fit(known, frame["is_positive"])  # type: ignore[attr-defined]
            chance = model.predict_proba(unseen)  # type: ignore[attr-defined]
            return np.asarray(chance[:, 1])

        return foretell

    trees = ExtraTreesClassifier(400, min_samples_leaf=8, random_state=0)
    return {
        "scorecard": scorecard,
        "gradient boosting": boosting,
        "extra trees": by(trees),
        "logistic regression": by(
            make_pipeline(StandardScaler(), LogisticRegression(C=0.05, max_iter=2000))
        ),
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Print the figures; exit code 1 where the scorecard is too far from the best."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--repeats", type=int, default=3)
    options = arguments.parse_args(argv)
    with connect(read_only=True) as connection:
        as_of = moment_of(connection, None)
        features = listed_features(connection, as_of)
        frame = lead_frame(connection, Setting(14, 90), as_of)
        share = policy_of(connection, as_of).least_bin_share
    happened = frame["is_positive"].to_numpy(dtype=bool)
    print(f"{len(frame):,} leads, {happened.sum():,} with an opportunity")
    areas, errors = {}, {}
    for name, foretell in learners(features, share).items():
        verdicts = []
        for repeat in range(options.repeats):
            chance = np.zeros(len(frame))
            folds = StratifiedKFold(FOLDS, shuffle=True, random_state=repeat)
            for known, unseen in folds.split(frame, happened):
                chance[unseen] = foretell(frame.iloc[known], frame.iloc[unseen])
            verdicts.append(judge(chance, happened))
        areas[name] = float(np.mean([verdict.auc or 0.5 for verdict in verdicts]))
        errors[name] = float(np.mean([part.calibration_error for part in verdicts]))
        print(f"{name}: AUC {areas[name]:.3f}, calibration error {errors[name]:.3f}")
    behind = max(areas.values()) - areas["scorecard"]
    print(f"the scorecard is {behind:.3f} behind the best")
    is_near = behind < MOST and errors["scorecard"] < MOST
    return OK if is_near else CHECK_FAILED


if __name__ == "__main__":
    run(main)
