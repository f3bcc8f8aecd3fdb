"""One leg explained: from the typical leg's kg CO2e to this leg's, and what another mode would make of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from analytics.drivers.features import features_of
from analytics.drivers.model import Fitted

__all__ = ["LegExplanation", "LegPart", "WhatIf", "explained_leg", "typical_leg", "what_ifs"]

_AMOUNTS = ("weight_kg", "distance_km")  # these act on the emission directly, so they come first
_FEWEST, _LEAST_SHARE = 3, 0.01  # legs of a mode, and their share of all there: fewer may be errors


@dataclass(frozen=True)
class LegPart:
    """One feature's part of the way from the typical leg to this one.

    kg : what is added to (or taken from) all parts before it; effect_pct : the same in % of these.
    amount : kg or km where the feature is a quantity; `value` is the band or name that the model knows.
    """

    feature: str
    value: str
    amount: float | None
    effect_pct: float
    kg: float


@dataclass(frozen=True)
class WhatIf:
    """The model's estimate for the same goods by another mode that runs there.

    on_lane : whether the mode runs between the same places, or between other places of the two countries.
    change_kg : against the model's estimate for the leg as it was.
    """

    mode: str
    vehicle_class: str
    distance_km: float
    kg: float
    change_kg: float
    change_pct: float
    on_lane: bool
    legs: int


@dataclass(frozen=True)
class LegExplanation:
    """typical_kg + Σ parts = predicted_kg, and predicted_kg + unexplained_kg = actual_kg.

    widened : the selection had too few legs to learn from, so all that the user may see were taken.
    typical_error_pct : the model's median error on later legs; None where it could not be tested.
    """

    shipment_id: str
    leg_no: int
    departed_at: datetime
    mode: str
    supplier_id: str
    origin: str | None
    destination: str | None
    tonne_km: float
    typical_kg: float
    predicted_kg: float
    actual_kg: float
    parts: tuple[LegPart, ...]
    unexplained_kg: float
    unexplained_pct: float
    what_ifs: tuple[WhatIf, ...]
    learnt_from: int
    widened: bool
    typical_error_pct: float | None


@dataclass(frozen=True)
class TypicalLeg:
    """Means of the logarithms of mass (t) and of tonne-km per tonne over the legs that the model knows."""

    log_t: float
    log_km: float


def typical_leg(legs: pd.DataFrame) -> TypicalLeg:
    moved = legs[legs["tonne_km"] > 0]
    log_t, log_km = _logs(moved)
    return TypicalLeg(float(log_t.mean()), float(log_km.mean()))


def explained_leg(
    leg: pd.DataFrame,
    fitted: Fitted,
    typical: TypicalLeg,
    alternatives: tuple[WhatIf, ...] = (),
    *,
    learnt_from: int,
    widened: bool = False,
    typical_error_pct: float | None = None,
) -> LegExplanation:
    """Split one leg's emission.

    log kg = log t + log km + log intensity: mass and distance act in proportion, and once more through the
    intensity that the model gives their bands; both are one part each. Every other part is the feature's
    SHAP value of the intensity. In kg the parts are taken one after the other, the largest effect first, so
    that they sum.

    Parameters
    ----------
    leg : DataFrame
        One row, columns as `data_access.driver_queries.LEG_COLUMNS`.
    fitted : Fitted
        Of the intensity.
    """
    base, effects = fitted.explain(leg)
    log_t, log_km = (float(one[0]) for one in _logs(leg))
    logs = {str(name): float(value) for name, value in effects.iloc[0].items()}
    logs["weight_kg"] = logs.get("weight_kg", 0.0) + log_t - typical.log_t
    logs["distance_km"] = logs.get("distance_km", 0.0) + log_km - typical.log_km
    row = leg.iloc[0]
    values = features_of(leg).iloc[0]
    names = [*_AMOUNTS, *sorted((n for n in logs if n not in _AMOUNTS), key=lambda n: -abs(logs[n]))]
    start = float(np.exp(base + typical.log_t + typical.log_km))
    ends = start * np.exp(np.cumsum([logs[name] for name in names]))
    begins = np.array([start, *ends[:-1]])
    parts = tuple(
        LegPart(
            feature=name,
            value=str(values[name]),
            amount=float(row[name]) if name in _AMOUNTS else None,
            effect_pct=float(np.expm1(logs[name]) * 100.0),
            kg=float(end - begin),
        )
        for name, begin, end in zip(names, begins, ends, strict=True)
    )
    actual, predicted = float(row["wtw_kg"]), float(ends[-1])
    return LegExplanation(
        shipment_id=str(row["shipment_id"]),
        leg_no=int(row["leg_no"]),
        departed_at=pd.Timestamp(row["departed_at"]).to_pydatetime(),
        mode=str(row["mode"]),
        supplier_id=str(row["supplier_id"]),
        origin=_text(row["origin"]),
        destination=_text(row["destination"]),
        tonne_km=float(row["tonne_km"]),
        typical_kg=start,
        predicted_kg=predicted,
        actual_kg=actual,
        parts=parts,
        unexplained_kg=actual - predicted,
        unexplained_pct=(actual / predicted - 1.0) * 100.0,
        what_ifs=alternatives,
        learnt_from=learnt_from,
        widened=widened,
        typical_error_pct=typical_error_pct,
    )


def what_ifs(leg: pd.DataFrame, fitted: Fitted, running: pd.DataFrame) -> tuple[WhatIf, ...]:
    """Estimate the leg by each other mode that runs there, cleanest first.

    The mode's most common vehicle class is taken, and its own distance: a ship sails further than a plane
    flies. On the leg's own lane that is the mode's usual distance there; between other places of the two
    countries, the leg's distance times the ratio of both modes' usual ones; within one country the places
    differ too much for that, so the distance stays.

    Parameters
    ----------
    running : DataFrame
        Columns as `data_access.driver_queries.modes_between` gives for the leg's two countries.
    """
    row = leg.iloc[0]
    if "mode" not in fitted.features or not len(running):
        return ()
    known = set(fitted.codes.places["mode"])
    here = running[(running["origin"] == row["origin"]) & (running["destination"] == row["destination"])]
    predicted = float(np.exp(fitted.predict(leg))[0] * row["tonne_km"])
    found = []
    for mode in sorted(set(running["mode"]) & known - {row["mode"]}):
        on_lane = _common(here, mode)
        if not (on_lane or _common(running, mode)):
            continue
        theirs = (here if on_lane else running).query("mode == @mode")
        usual = theirs.sort_values("legs", ascending=False).iloc[0]
        if on_lane:
            distance_km = _mean_km(theirs)
        else:
            same = row["origin_country"] == row["destination_country"]
            distance_km = row["distance_km"] * (1.0 if same else _longer(running, mode, str(row["mode"])))
        other = leg.assign(
            mode=mode,
            vehicle_class=usual["vehicle_class"],
            temperature_controlled=bool(usual["temperature_controlled"]),
            distance_km=distance_km,
            tonne_km=row["tonne_km"] * distance_km / row["distance_km"],
        )
        kg = float(np.exp(fitted.predict(other))[0] * other["tonne_km"].iloc[0])
        found.append(
            WhatIf(
                mode=mode,
                vehicle_class=str(features_of(other)["vehicle_class"].iloc[0]),
                distance_km=float(other["distance_km"].iloc[0]),
                kg=kg,
                change_kg=kg - predicted,
                change_pct=(kg / predicted - 1.0) * 100.0,
                on_lane=on_lane,
                legs=int(theirs["legs"].sum()),
            )
        )
    return tuple(sorted(found, key=lambda one: one.kg))


def _common(among: pd.DataFrame, mode: str) -> bool:
    legs = among[among["mode"] == mode]["legs"].sum()
    return bool(legs >= max(_FEWEST, _LEAST_SHARE * among["legs"].sum()))


def _longer(among: pd.DataFrame, mode: str, than: str) -> float:
    """How many times as far a mode goes as another between the same ends; 1 where one of them is unknown."""
    theirs, ours = (among[among["mode"] == name] for name in (mode, than))
    if not (len(theirs) and len(ours)):
        return 1.0
    return _mean_km(theirs) / _mean_km(ours)


def _mean_km(rows: pd.DataFrame) -> float:
    return float(np.average(rows["distance_km"], weights=rows["legs"]))


def _logs(legs: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Logarithms of mass in t, and of tonne-km per tonne."""
    log_t = np.log(legs["weight_kg"].to_numpy(dtype=float) / 1000.0)
    return log_t, np.log(legs["tonne_km"].to_numpy(dtype=float)) - log_t


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
