"""What the comparison of suppliers gives: weights, the parts of a score, the score of one supplier."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analytics.recommendations.results import Recommendation

__all__ = ["PARTS", "Part", "SupplierScore", "SuppliersUnavailable", "Weights"]

PARTS = ("efficiency", "mode_choice", "consolidation", "data_quality", "trend")


class SuppliersUnavailable(Exception):
    """There is nothing to compare with; the message is a sentence for the user."""


@dataclass(frozen=True)
class Weights:
    """How much each part counts; only their proportion matters.

    Raises
    ------
    ValueError
        When one is negative or not finite, or all are 0.
    """

    efficiency: float = 40.0
    mode_choice: float = 20.0
    consolidation: float = 15.0
    data_quality: float = 15.0
    trend: float = 10.0

    def __post_init__(self) -> None:
        given = self.as_dict()
        if not all(0 <= weight < float("inf") for weight in given.values()) or not any(given.values()):
            raise ValueError("The weights must be 0 or more, and at least one of them above 0.")

    def as_dict(self) -> dict[str, float]:
        return {field.name: float(getattr(self, field.name)) for field in fields(self)}


@dataclass(frozen=True)
class Part:
    """One part of a score.

    Attributes
    ----------
    name : str
        One of `PARTS`.
    points, points_low, points_high : float
        0..100 with a 95 % interval; 50 is as peers do.
    weight : float
        Its share of the score, 0..1: what unknown parts would weigh is spread over the known ones.
    contribution : float
        Points of the score above or below 50 that come from it: weight × (points − 50).
    value : float or None
        The figure that the points rest on (a ratio, a share); None where it is not known.
    known : bool
        False where there is nothing to judge it by.
    evidence : str
        A sentence that explains the points: the figure, its interval, and from how many legs.
    """

    name: str
    points: float
    points_low: float
    points_high: float
    weight: float
    contribution: float
    value: float | None
    known: bool
    evidence: str


@dataclass(frozen=True)
class SupplierScore:
    """One supplier's standing. Intervals are 95 %; kg are CO2e, well-to-wheel, of the compared legs.

    Attributes
    ----------
    n : int
        Legs that could be compared.
    compared_share : float
        Of all the supplier's kg in the selection, what was compared (0..1): flagged and hub legs are not.
    ratio_raw, ratio : float
        Observed ÷ expected, and the same shrunk towards 1.
    rank, rank_low, rank_high, suppliers : int
        1 is the best of `suppliers`.
    """

    supplier_id: str
    name: str
    sustainability_score: float
    score_low: float
    score_high: float
    rank: int
    rank_low: int
    rank_high: int
    suppliers: int
    n: int
    compared_share: float
    observed_kg: float
    expected_kg: float
    ratio_raw: float
    ratio: float
    ratio_low: float
    ratio_high: float
    parts: tuple[Part, ...]
    recommendations: tuple[Recommendation, ...] = ()
