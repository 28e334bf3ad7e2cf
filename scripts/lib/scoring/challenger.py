"""The rival of the scorecard: gradient boosting, which nobody can read or type in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from lib.scoring.frame import TEXT, UNKNOWN, Feature

Array = NDArray[np.float64]
_MOST_TEXTS = 50  # values of a text; the others count as unknown


def boosted_probabilities(
    frame: pd.DataFrame, later: pd.DataFrame, features: Sequence[Feature]
) -> Array:
    """Return probabilities for later leads by a model of the earlier ones."""
    is_text = [feature.kind == TEXT for feature in features]
    model = HistGradientBoostingClassifier(
        learning_rate=0.03,
        max_iter=150,
        max_depth=3,
        min_samples_leaf=30,
        l2_regularization=5.0,
        early_stopping=False,
        categorical_features=is_text,
        random_state=0,
    )
    known, unseen = design_of(frame, later, features)
    model.fit(known, frame["is_positive"])
    return np.asarray(model.predict_proba(unseen)[:, 1])


def design_of(
    frame: pd.DataFrame, later: pd.DataFrame, features: Sequence[Feature]
) -> tuple[Array, Array]:
    """Return both as numbers, a text as its place among those of the earlier leads."""
    texts = {
        feature.name: values[values != UNKNOWN].value_counts().index[:_MOST_TEXTS]
        for feature in features
        if feature.kind == TEXT
        for values in [frame[feature.name]]
    }
    return _design(frame, features, texts), _design(later, features, texts)


def _design(
    frame: pd.DataFrame, features: Sequence[Feature], texts: dict[str, pd.Index]
) -> Array:
    rng = np.random.default_rng(0)
    columns = []
    for feature in features:
        values = frame[feature.name]
        if feature.kind == TEXT:
            # An unknown text is drawn from the known ones: as in the scorecard, that
            # nobody knew it must tell nothing.
            places = texts[feature.name].get_indexer(values)
            known = places[places >= 0]
            drawn = rng.choice(known, len(places)) if len(known) else 0
            columns.append(np.where(places < 0, drawn, places).astype(np.float64))
        else:
            columns.append(values.to_numpy(dtype=np.float64))
    return np.column_stack(columns)
