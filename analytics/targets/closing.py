"""Which scenario closes this year's gap to the target path, were it in force for a whole year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analytics.targets.status import TargetStatus, chance

__all__ = ["Closing", "closings"]


@dataclass(frozen=True)
class Closing:
    """What one scenario would do.

    Attributes
    ----------
    saved_kg
        kg CO2e a year.
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


def closings(status: TargetStatus, scenarios: Iterable[tuple[str, float]]) -> tuple[Closing, ...]:
    """What each scenario would do to the gap, the one that saves most first.

    Parameters
    ----------
    scenarios : iterable of (name, saved kg CO2e a year)
        Each for itself: two may save the same kilograms, so they are never added up. What is moved is taken
        to stay the same.
    """
    found = [_closing(status, name, saved_kg) for name, saved_kg in scenarios]
    return tuple(sorted(found, key=lambda one: (-one.saved_kg, one.name)))


def _closing(status: TargetStatus, name: str, saved_kg: float) -> Closing:
    gap, per = status.gap_kg, status.kg_per_unit
    share = saved_kg / gap if gap is not None and gap > 0 else None
    if status.mean is None or per is None:
        return Closing(name, saved_kg, share, None, None)
    saved = saved_kg / per
    likely = None if status.point is None else chance(status.draws - saved, status.point)
    return Closing(name, saved_kg, share, max(0.0, status.mean - saved), likely)
