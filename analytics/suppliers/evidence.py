"""What each part's points rest on, as a sentence with its figures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from analytics.suppliers.shrinkage import Z95

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["evidence_of"]

_KG_PER_T = 1_000
_EVEN_PCT = 0.5
_ALL = 0.995


def evidence_of(part: str, figures: pd.Series) -> str:
    """One sentence, or two; `figures` is a row of `Measured.frame`."""
    return {
        "efficiency": _efficiency,
        "mode_choice": _mode_choice,
        "consolidation": _consolidation,
        "data_quality": _data_quality,
        "trend": _trend,
    }[part](figures)


def _efficiency(figures: pd.Series) -> str:
    ends = f"{figures['ratio_low']:.2f}–{figures['ratio_high']:.2f}"
    return (
        f"{_legs(figures['legs'])} emitted {_mass(figures['observed_kg'])} CO2e; peers would have emitted "
        f"{_mass(figures['expected_kg'])} for the same jobs. That is {figures['ratio_raw']:.2f} ×, drawn "
        f"towards 1 by what is uncertain: {figures['ratio']:.2f} × ({ends}). "
        f"A job is shared with {figures['peers']:.1f} other suppliers on average."
    )


def _mode_choice(figures: pd.Series) -> str:
    if not figures["mode_choice_known"]:
        return (
            "No other supplier ships on its lanes or between the same countries, so its modes are not judged."
        )
    share = figures["judged_share"]
    where = (
        f"{_counted(figures['judged_shipments'], 'shipment')} on lanes or between countries that others serve"
    )
    rest = (
        ""
        if share > _ALL
        else f" The other {(1 - share) * 100:.0f} % of its kg have no peer and count as usual."
    )
    raw = (figures["mode_choice_raw"] - 1) * 100
    if abs(raw) < _EVEN_PCT:
        return f"{where}: the modes chosen emit as much as those of the peers.{rest}"
    return (
        f"{where}: the modes chosen emit {_apart(raw)} than those of the peers on the same lanes; with the "
        f"uncertainty, {figures['mode_choice_value']:.2f} ×.{rest}"
    )


def _consolidation(figures: pd.Series) -> str:
    if not figures["consolidation_known"]:
        return "No other supplier runs jobs of these kinds, so masses are not judged."
    said = (
        f"{_legs(figures['mass_legs'])} for a mass of goods that peers move in "
        f"{figures['mass_legs_expected']:,.0f}; with the uncertainty, {figures['consolidation_value']:.2f} ×."
    )
    if not math.isfinite(figures["part_load_share"]) or not math.isfinite(
        figures["part_load_share_expected"]
    ):
        return said
    return (
        f"{said} On the road {figures['part_load_share'] * 100:.0f} % of {_legs(figures['road_legs'])} are "
        "part loads (below half of what the vehicle carries), of peers "
        f"{figures['part_load_share_expected'] * 100:.0f} %."
    )


def _data_quality(figures: pd.Series) -> str:
    if not figures["data_quality_known"]:
        return "There are no emissions to judge the data of."
    return (
        f"Of its kg, {figures['primary_share'] * 100:.0f} % are primary data and "
        f"{figures['modelled_share'] * 100:.0f} % modelled; "
        f"{figures['flagged_share'] * 100:.1f} % are flagged. From {_legs(figures['all_legs'])}."
    )


def _trend(figures: pd.Series) -> str:
    if not figures["trend_known"]:
        return "There are no comparable legs both now and a year earlier, so its trend is not known."
    raw = (figures["trend_raw"] - 1) * 100
    spread = figures["trend_deviation"]
    ends = [figures["trend_centre"] + Z95 * sign * spread for sign in (-1, 1)]
    clear = ends[0] > 50 or ends[1] < 50
    change = "as much as" if abs(raw) < _EVEN_PCT else f"{_apart(raw)} than"
    sure = "" if clear else " The difference is within what chance can do."
    return (
        f"Against peers of the same time, the last year of the selection emitted {change} the year before; "
        f"with the uncertainty, {figures['trend_value']:.2f} ×.{sure}"
    )


def _apart(pct: float) -> str:
    return f"{abs(pct):,.0f} % {'more' if pct > 0 else 'less'}"


def _legs(count: float) -> str:
    return _counted(count, "leg")


def _counted(count: float, what: str) -> str:
    return f"{count:,.0f} {what}{'' if round(count) == 1 else 's'}"


def _mass(kg: float) -> str:
    return f"{kg / _KG_PER_T:,.1f} t" if kg >= _KG_PER_T else f"{kg:,.0f} kg"
