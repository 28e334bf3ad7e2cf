"""Train, validate, promote: what each command does to the warehouse."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from lib.cli import UserError
from lib.landing.publishing import transaction
from lib.quality.rows import safe_cell
from lib.scoring import tables
from lib.scoring.challenger import boosted_probabilities
from lib.scoring.frame import (
    Feature,
    Frames,
    Setting,
    lead_frame,
    listed_features,
)
from lib.scoring.judging import Verdict, area, drifts, judge, slices
from lib.scoring.scorecard import Bin, Scorecard, fit_scorecard

POINTS_FILE = "lead_score_points.csv"


@dataclass(frozen=True)
class Policy:
    """The row of the seed score_policies in force."""

    training_share: float
    least_positives: int
    least_later_positives: int
    least_bin_share: float
    most_leads: int
    retrain_days: int


@dataclass(frozen=True)
class Model:
    """A trained model as it is kept."""

    version: str
    setting: Setting
    window_until: datetime
    trained_at: datetime
    card: Scorecard


@dataclass(frozen=True)
class Outcome:
    """What a command has to say, and whether it did what it was asked to."""

    text: str
    is_done: bool = True


def moment_of(connection: duckdb.DuckDBPyConnection, day: str | None) -> datetime:
    """Return the end of a day, or the moment of the build where that is earlier.

    Raises:
        UserError: the day is not a date, or nothing was built.
    """
    built: datetime
    try:
        ((built,),) = connection.execute(
            "select as_of from marts.dim_build_settings"
        ).fetchall()
    except duckdb.CatalogException as error:
        raise UserError(
            "the warehouse has no marts: build first (dbt build)"
        ) from error
    if day is None:
        return built
    try:
        asked = datetime.fromisoformat(day)
        if asked.tzinfo is not None:
            asked = asked.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise UserError(f"--as-of {day} is no date: give YYYY-MM-DD") from error
    if len(day) == len("YYYY-MM-DD"):
        asked += timedelta(days=1, microseconds=-1)
    return min(asked, built)


def policy_of(connection: duckdb.DuckDBPyConnection, as_of: datetime) -> Policy:
    """Return the policy in force.

    Raises:
        UserError: none is, or more than one.
    """
    rows = connection.execute(
        "select training_share, least_positives, least_later_positives, "
        "least_bin_share, most_leads, retrain_days from policy.score_policies "
        "where effective_from <= $day "
        "and coalesce(effective_to, date '9999-12-31') > $day",
        {"day": as_of.date()},
    ).fetchall()
    if len(rows) != 1:
        raise UserError(
            f"{len(rows)} rows of seeds/predictive/score_policies.csv hold on "
            f"{as_of:%Y-%m-%d}: one must"
        )
    return Policy(*rows[0])


def train(
    connection: duckdb.DuckDBPyConnection,
    setting: Setting,
    as_of: datetime,
    *,
    only_if_due: bool = False,
) -> Outcome:
    """Train a model on the older leads and keep it with how it does on the others."""
    policy = policy_of(connection, as_of)
    newest = _newest(connection, as_of, setting)
    if only_if_due and newest:
        due = newest.trained_at + timedelta(days=policy.retrain_days)
        if as_of < due:
            return Outcome(
                f"{newest.version} was trained less than {policy.retrain_days} days "
                "ago: nothing to train",
                is_done=False,
            )
    features = listed_features(connection, as_of)
    frame = lead_frame(connection, setting, as_of, most_leads=policy.most_leads)
    older, later = _parted(frame, policy.training_share)
    positives = int(older["is_positive"].sum())
    told = _what_is_told(setting)
    negatives = len(older) - positives
    for count, outcome in ((positives, "had"), (negatives, "went without")):
        if count < policy.least_positives:
            return Outcome(
                f"too few to learn from: {count:,} of {len(older):,} leads {outcome} "
                f"{told}, and it takes {policy.least_positives:,}; the rule score "
                "stays in use",
                is_done=False,
            )
    card = fit_scorecard(older, features, policy.least_bin_share)
    if card is None:
        return Outcome(
            "no feature tells who converts; the rule score stays in use", is_done=False
        )
    fingerprint = _fingerprint(frame, setting, policy, features)
    version = f"{as_of:%Y-%m-%d}-{fingerprint[:8]}"
    if tables.read(connection, "score_models", "model_version = ?", [version]):
        return Outcome(f"{version} is trained already")
    verdict, challenger = None, None
    if len(later):
        happened = later["is_positive"].to_numpy(dtype=bool)
        verdict = judge(card.probabilities(later), happened)
        challenger = area(boosted_probabilities(older, later, features), happened)
    row = {
        "model_version": version,
        **asdict(setting),
        "features": ", ".join(card.bins),
        "data_hash": fingerprint,
        "penalty": card.penalty,
        "intercept": card.intercept,
        "slope": card.slope,
        "leads": len(older),
        "positives": positives,
        "later_leads": len(later),
        "later_positives": verdict.positives if verdict else 0,
        "later_auc": verdict.auc if verdict else None,
        "challenger_auc": challenger,
        "window_from": _time(older["scored_at"].iloc[0]),
        "window_until": _time(older["scored_at"].iloc[-1]),
        "trained_at": as_of,
    }
    with transaction(connection):
        tables.append(connection, "score_models", [row])
        tables.append(connection, "score_points", _point_rows(version, card))
    return Outcome(
        f"{version}: trained on {len(older):,} leads, {positives:,} of them with "
        f"{told}; {len(card.bins)} features. " + _told_margin(verdict, challenger)
    )


def is_trained(
    connection: duckdb.DuckDBPyConnection, setting: Setting, as_of: datetime
) -> bool:
    """Return whether there is a model to promote."""
    return _newest(connection, as_of, setting) is not None


def validate(
    connection: duckdb.DuckDBPyConnection, setting: Setting, frames: Frames
) -> tuple[Outcome, ...]:
    """Judge the model in force, and the newest, on leads that they never saw."""
    as_of = frames.as_of
    in_force = _in_force(connection, as_of)
    newest = _newest(connection, as_of, setting)
    models = {model.version: model for model in (in_force, newest) if model}
    if not models:
        return (Outcome("no model to validate; the rule score is in use"),)
    policy = policy_of(connection, as_of)
    return tuple(
        _validated(connection, model, frames, policy) for model in models.values()
    )


def _validated(
    connection: duckdb.DuckDBPyConnection,
    model: Model,
    frames: Frames,
    policy: Policy,
) -> Outcome:
    as_of = frames.as_of
    later = frames.younger(model.setting, model.window_until, policy.most_leads)
    if later.empty:
        return Outcome(
            f"{model.version}: no lead younger than its training has had its "
            f"{model.setting.horizon_days} days yet"
        )
    probability = model.card.probabilities(later)
    happened = later["is_positive"].to_numpy(dtype=bool)
    verdict = judge(probability, happened)
    key = {"model_version": model.version, "validated_at": as_of}
    row = {
        **key,
        **asdict(verdict),
        "rule_auc": _rule_area(later),
        "window_from": _time(later["scored_at"].iloc[0]),
        "window_until": _time(later["scored_at"].iloc[-1]),
    }
    parts = slices(probability, happened, later["lead_segment"])
    moved = drifts(model.card, later)
    with transaction(connection):
        tables.forget_validation(connection, model.version, as_of)
        tables.append(connection, "score_validations", [row])
        tables.append(
            connection, "score_calibrations", ({**key, **part} for part in parts)
        )
        tables.append(
            connection,
            "score_drifts",
            ({**key, "feature": name, "psi": psi} for name, psi in moved.items()),
        )
    return Outcome(
        f"{model.version}: {verdict.positives:,} of {len(later):,} later leads "
        f"converted; AUC {_told(verdict.auc)} (rule score {_told(row['rule_auc'])}), "
        f"Brier {verdict.brier_score:.4f}, calibration error "
        f"{verdict.calibration_error:.3f}, top-decile lift "
        f"{_told(verdict.top_decile_lift)}"
    )


def promote(
    connection: duckdb.DuckDBPyConnection,
    setting: Setting,
    frames: Frames,
    version: str | None = None,
) -> Outcome:
    """Put a model in force if it beats what is in force on leads that neither saw.

    It must rank better (AUC) and be no further off (Brier score). Without a model in
    force of the same setting the rival is the rule score, and the plain share of
    conversions.

    Raises:
        UserError: there is no such model.
    """
    as_of = frames.as_of
    model = _asked(connection, setting, as_of, version)
    in_force = _in_force(connection, as_of)
    if in_force and in_force.version == model.version:
        return Outcome(f"{model.version} is in force already")
    policy = policy_of(connection, as_of)
    rival = in_force if in_force and in_force.setting == model.setting else None
    since = max(model.window_until, rival.window_until if rival else datetime.min)
    later = frames.younger(model.setting, since, policy.most_leads)
    positives = int(later["is_positive"].sum())
    if positives < policy.least_later_positives or positives == len(later):
        return Outcome(
            f"{model.version} refused: of {len(later):,} leads younger than its "
            f"training {positives:,} converted, and it takes "
            f"{policy.least_later_positives:,} to judge; "
            f"{in_force.version if in_force else 'the rule score'} stays in force",
            is_done=False,
        )
    happened = later["is_positive"].to_numpy(dtype=bool)
    own = judge(model.card.probabilities(later), happened)
    if rival:
        other = judge(rival.card.probabilities(later), happened)
        name, rival_auc = rival.version, other.auc
        rival_brier = other.brier_score
    else:
        share = np.full(len(later), _training_share(connection, model.version))
        name, rival_auc = "the rule score", _rule_area(later)
        rival_brier = judge(share, happened).brier_score
    figures = (
        f"AUC {_told(own.auc)} against {_told(rival_auc)}, Brier "
        f"{own.brier_score:.4f} against {rival_brier:.4f} on {len(later):,} later leads"
    )
    is_better = (own.auc or 0) > (rival_auc or 0.5) and own.brier_score <= rival_brier
    if not is_better:
        return Outcome(
            f"{model.version} refused: it does not beat {name} ({figures}); "
            f"{in_force.version if in_force else 'the rule score'} stays in force",
            is_done=False,
        )
    number = len(tables.read(connection, "score_promotions")) + 1
    row = {
        "promotion_number": number,
        "model_version": model.version,
        "replaced_version": in_force.version if in_force else None,
        "leads": len(later),
        "auc": own.auc,
        "rival_auc": rival_auc,
        "brier_score": own.brier_score,
        "rival_brier_score": rival_brier,
        "promoted_at": as_of,
    }
    with transaction(connection):
        tables.append(connection, "score_promotions", [row])
    return Outcome(f"{model.version} is in force: it beats {name} ({figures})")


def export_points(
    connection: duckdb.DuckDBPyConnection, as_of: datetime, folder: Path
) -> Outcome:
    """Write the points of the model in force, to be typed into a marketing tool.

    Raises:
        UserError: none is in force, or the file cannot be written.
    """
    model = _in_force(connection, as_of)
    if model is None:
        raise UserError("no model is in force: promote one first")
    path = folder / POINTS_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="", encoding="utf-8") as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerow(
                ["feature", "criterion", "value", "from", "below", "points"]
            )
            for part in (part for bins in model.card.bins.values() for part in bins):
                writer.writerow(
                    [
                        part.feature,
                        safe_cell(part.label),
                        safe_cell(part.text_value),
                        part.lower_bound,
                        part.upper_bound,
                        part.points,
                    ]
                )
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}") from error
    return Outcome(f"{path}: the points of {model.version}")


def _parted(
    frame: pd.DataFrame, training_share: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the older leads and the later ones; one moment is never on both sides."""
    if frame.empty:
        return frame, frame
    place = min(int(len(frame) * training_share), len(frame) - 1)
    is_older = frame["scored_at"] <= frame["scored_at"].iloc[place]
    return frame[is_older], frame[~is_older]


def _fingerprint(
    frame: pd.DataFrame, setting: Setting, policy: Policy, features: Sequence[Feature]
) -> str:
    rows = pd.util.hash_pandas_object(frame, index=False).to_numpy()
    asked = f"{setting}{policy}{features}".encode()
    return hashlib.sha256(rows.tobytes() + asked).hexdigest()


def _point_rows(version: str, card: Scorecard) -> list[dict[str, Any]]:
    return [
        {"model_version": version, "bin_number": number, **asdict(part)}
        for bins in card.bins.values()
        for number, part in enumerate(bins, start=1)
    ]


def _models(
    connection: duckdb.DuckDBPyConnection, condition: str, parameters: Sequence[Any]
) -> list[Model]:
    found = []
    for row in tables.read(connection, "score_models", condition, parameters):
        bins: dict[str, list[Bin]] = {name: [] for name in row["features"].split(", ")}
        points = tables.read(
            connection, "score_points", "model_version = ?", [row["model_version"]]
        )
        for point in sorted(points, key=lambda point: point["bin_number"]):
            del point["model_version"], point["bin_number"]
            bins[point["feature"]].append(Bin(**point))
        found.append(
            Model(
                row["model_version"],
                Setting(row["after_days"], row["horizon_days"]),
                row["window_until"],
                row["trained_at"],
                Scorecard(bins, row["intercept"], row["slope"], row["penalty"]),
            )
        )
    return found


def _newest(
    connection: duckdb.DuckDBPyConnection,
    as_of: datetime,
    setting: Setting,
) -> Model | None:
    models = [
        model
        for model in _models(connection, "trained_at <= ?", [as_of])
        if model.setting == setting
    ]
    return max(
        models, key=lambda model: (model.trained_at, model.version), default=None
    )


def _in_force(connection: duckdb.DuckDBPyConnection, as_of: datetime) -> Model | None:
    promotions = tables.read(
        connection, "score_promotions", "promoted_at <= ?", [as_of]
    )
    if not promotions:
        return None
    latest = max(
        promotions, key=lambda row: (row["promoted_at"], row["promotion_number"])
    )
    (model,) = _models(connection, "model_version = ?", [latest["model_version"]])
    return model


def _asked(
    connection: duckdb.DuckDBPyConnection,
    setting: Setting,
    as_of: datetime,
    version: str | None,
) -> Model:
    if version is None:
        newest = _newest(connection, as_of, setting)
        if newest is None:
            raise UserError(
                f"no model was trained by {as_of:%Y-%m-%d} for {setting.after_days} "
                f"and {setting.horizon_days} days: train one first"
            )
        return newest
    models = _models(connection, "model_version = ?", [version])
    if not models:
        raise UserError(f"there is no model {version}")
    return models[0]


def _training_share(connection: duckdb.DuckDBPyConnection, version: str) -> float:
    (row,) = tables.read(connection, "score_models", "model_version = ?", [version])
    return float(row["positives"] / row["leads"])


def _rule_area(frame: pd.DataFrame) -> float | None:
    """Return the AUC of the rule score; who has none by then stands below all."""
    scores = frame["rule_score"].astype(float)
    lowest = scores.min() if scores.notna().any() else 0.0
    happened = frame["is_positive"].to_numpy(dtype=bool)
    return area(scores.fillna(lowest - 1).to_numpy(), happened)


def _time(moment: Any) -> datetime:
    found: datetime = pd.Timestamp(moment).to_pydatetime()
    return found


def _what_is_told(setting: Setting) -> str:
    return (
        f"an opportunity {setting.after_days} to "
        f"{setting.after_days + setting.horizon_days} days after creation"
    )


def _told(figure: float | None) -> str:
    return "unknown" if figure is None else f"{figure:.3f}"


def _told_margin(verdict: Verdict | None, challenger: float | None) -> str:
    if verdict is None or verdict.auc is None or challenger is None:
        return "No later leads to judge it by yet"
    return (
        f"On {verdict.leads:,} later leads its AUC is {verdict.auc:.3f}, that of "
        f"gradient boosting {challenger:.3f} (margin {challenger - verdict.auc:+.3f})"
    )
