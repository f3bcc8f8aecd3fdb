"""Which scenario closes this year's gap to the target path, were it in force for a whole year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analytics.targets.status import TargetStatus, chance
from analytics.targets.years import G_PER_KG

if TYPE_CHECKING:
    from access.targets import TargetTerms
    from analytics.scenarios import ScenarioResult

__all__ = ["Closing", "Effect", "closings", "effect_of"]

_NONE_LEFT = 1e-9


@dataclass(frozen=True)
class Effect:
    """What a scenario takes away a year from what a target is about; negative is more."""

    name: str
    saved_kg: float
    saved_tonne_km: float = 0.0


@dataclass(frozen=True)
class Closing:
    """What one scenario would do to the year.

    Attributes
    ----------
    saved_kg
        kg CO2e a year, of what the target is about.
    share
        Of the gap; None where there is none to close, or it is not known.
    value, probability
        This year's value with it in the target's unit, and the chance to meet the point.
    """

    name: str
    saved_kg: float
    share: float | None
    value: float | None
    probability: float | None

    @property
    def closes(self) -> bool:
        return self.share is not None and self.share >= 1.0


def effect_of(name: str, result: ScenarioResult, target: TargetTerms) -> Effect:
    """The part of a scenario's saving that falls on the target's suppliers and modes.

    Of modes, legs count as they run; of suppliers, the chains that they carry, by their main mode. Tonne-km
    are known by mode only: for a target of some suppliers they are taken to stay.
    """
    if target.suppliers:
        rows = result.changed[result.changed["supplier_id"].isin(target.suppliers)]
        if target.modes:
            rows = rows[rows["mode"].isin(target.modes)]
        return Effect(name, float(rows["saved_kg"].sum()))
    rows = result.by_mode
    if target.modes:
        rows = rows[rows["mode"].isin(target.modes)]
    kg, tonne_km = (float((rows[f"now_{one}"] - rows[f"then_{one}"]).sum()) for one in ("kg", "tonne_km"))
    return Effect(name, kg, tonne_km)


def closings(status: TargetStatus, effects: Iterable[Effect]) -> tuple[Closing, ...]:
    """What each scenario would do to the gap, the one that saves most first.

    Each for itself: two may save the same kilograms, so they are never added up.
    """
    found = [_closing(status, effect) for effect in effects]
    return tuple(sorted(found, key=lambda one: (-one.saved_kg, one.name)))


def _closing(status: TargetStatus, effect: Effect) -> Closing:
    mean, point = status.mean, status.point
    unknown = Closing(effect.name, effect.saved_kg, None, None, None)
    if mean is None:
        return unknown
    if status.unit == "kg":
        value, draws = mean - effect.saved_kg, status.draws - effect.saved_kg
    else:
        moved = status.tonne_km or 0.0
        left = moved - effect.saved_tonne_km
        if moved <= 0 or left <= _NONE_LEFT * moved:  # nothing is moved any more: no intensity
            return unknown
        saved_g = effect.saved_kg * G_PER_KG
        value, draws = (mean * moved - saved_g) / left, (status.draws * moved - saved_g) / left
    if point is None:
        return Closing(effect.name, effect.saved_kg, None, max(0.0, value), None)
    share = (mean - value) / (mean - point) if mean > point else None
    return Closing(effect.name, effect.saved_kg, share, max(0.0, value), chance(np.asarray(draws), point))
