"""What one supplier's figures say, in sentences: titles of its charts, its head line, its intervals."""

from __future__ import annotations

import math
from numbers import Real
from typing import TYPE_CHECKING, TypeGuard

from ui import formats
from ui.countries import country_label
from ui.supplier_words import PART_LABELS, STANDING_LABELS, is_standing, standing, times
from ui.theme import mode_label

if TYPE_CHECKING:
    import pandas as pd

    from analytics.suppliers import SupplierScore

__all__ = [
    "against_peers",
    "facts",
    "jobs_finding",
    "mode_finding",
    "months_finding",
    "points",
    "score_finding",
    "target",
    "trend_finding",
]

_FEW_MONTHS = 2


def points(value: float) -> str:
    """Points of the score above or below what they are counted from: +3.2, −0.4."""
    text = f"{value:+.1f}"
    return "0.0" if float(text) == 0 else text.replace("-", "−")


def against_peers(score: SupplierScore) -> str:
    """The ratio as a sentence, as sure as its interval allows."""
    sure = STANDING_LABELS[standing(score.ratio_low, score.ratio_high)]
    return f"Emits {times(score.ratio)} what peers emit for the same jobs: {sure}"


def facts(
    supplier_id: str, country: object, sector: object, tier: object, own_target: str | None = None
) -> str:
    """Who it is, in one line; what is not known is left out."""
    said = [supplier_id]
    if isinstance(country, str) and country:
        said.append(country_label(country))
    if isinstance(sector, str) and sector:
        said.append(sector)
    if _number(tier):
        said.append(f"tier {tier:.0f}")
    if own_target:
        said.append(own_target)
    return " · ".join(said)


def target(pct: object, base_year: object, year: object) -> str | None:
    """Its own target in words: "own target −30 % by 2030 against 2019"; None without one."""
    if not _number(pct):
        return None
    words = f"own target −{pct:g} %"
    if _number(year):
        words += f" by {year:.0f}"
    return words + (f" against {base_year:.0f}" if _number(base_year) else "")


def score_finding(score: SupplierScore) -> str:
    """What moves the score most, up and down."""
    known = [part for part in score.parts if part.known]
    best = max(known, key=lambda part: part.contribution, default=None)
    worst = min(known, key=lambda part: part.contribution, default=None)
    head = f"Score {score.sustainability_score:.0f} of 100"
    said = []
    if best and round(best.contribution, 1) > 0:
        said.append(f"{PART_LABELS[best.name].lower()} adds {best.contribution:.1f}")
    if worst and round(worst.contribution, 1) < 0:
        said.append(f"{PART_LABELS[worst.name].lower()} takes {-worst.contribution:.1f}")
    return f"{head}: {', '.join(said)}" if said else f"{head}: as peers do in every part"


def trend_finding(frame: pd.DataFrame) -> str:
    """The ratio of the last quarter of the months against the first quarter's, weighed by expected kg."""
    known = frame[frame["ratio"].notna() & (frame["expected_kg"] > 0)]
    if len(known) < _FEW_MONTHS:
        return "Too few months to see a trend"
    quarter = max(1, len(known) // 4)
    early, late = (
        part["observed_kg"].sum() / part["expected_kg"].sum()
        for part in (known.iloc[:quarter], known.iloc[-quarter:])
    )
    above, below = (int(is_standing(known, one).sum()) for one in ("worse", "better"))
    moved = f"From {times(float(early))} to {times(float(late))} what peers emit"
    if above:
        return f"{moved}; clearly above them in {above} of {formats.counted(len(known), 'month')}"
    if below:
        return f"{moved}; clearly below them in {below} of {formats.counted(len(known), 'month')}"
    return f"{moved}; no month is clearly apart"


def months_finding(frame: pd.DataFrame) -> str:
    """All months together against peers, on the legs that can be compared."""
    known = frame[frame["expected_kg"].notna()]
    observed, expected = float(known["observed_kg"].sum()), float(known["expected_kg"].sum())
    if not expected:
        return "No month can be compared"
    side = "above" if observed > expected else "below"
    return (
        f"{formats.emissions(observed)} in {formats.counted(len(known), 'month')}, "
        f"{formats.percent(abs(observed / expected - 1))} {side} peers"
    )


def mode_finding(frame: pd.DataFrame) -> str:
    """The mode with the largest difference to peers."""
    known = frame[frame["expected_kg"].notna()]
    if known.empty:
        return "No mode can be compared"
    extra = known["observed_kg"] - known["expected_kg"]
    row = known.loc[extra.abs().idxmax()]
    kg = float(row["observed_kg"] - row["expected_kg"])
    side = "above" if kg > 0 else "below"
    return f"{mode_label(row['mode'])}: {formats.emissions(abs(kg))} {side} peers for the same jobs"


def jobs_finding(frame: pd.DataFrame) -> str:
    """How much of what it loses against peers its worst jobs make up."""
    extra = (frame["observed_kg"] - frame["expected_kg"]).fillna(0.0)
    lost = extra[extra > 0].sort_values(ascending=False)
    if lost.empty:
        return "In no job does it emit more than peers"
    top = lost.head(3)
    jobs = formats.counted(len(lost), "job")
    if len(lost) <= len(top):
        return f"{formats.emissions(float(lost.sum()))} above peers, in {jobs}"
    return (
        f"{formats.emissions(float(lost.sum()))} above peers in {jobs}; "
        f"{formats.share(float(top.sum() / lost.sum()))} of it in the {len(top)} worst"
    )


def _number(value: object) -> TypeGuard[float]:
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)
