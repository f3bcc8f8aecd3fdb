"""The map in words: its finding, what it leaves out, and its text for who cannot see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui import formats
from ui.theme import mode_label

if TYPE_CHECKING:
    from analytics.flows import Flows

__all__ = ["alt_text", "finding", "said"]

_ALT_LANES = 3


def finding(flows: Flows) -> str:
    """Who carries most, and the heaviest lane: "Sea carries 71 % of tonne-km; air from … is the heaviest"."""
    top = flows.frame.iloc[0]
    share = formats.share(top["wtw_kg"] / flows.lanes_kg) if flows.lanes_kg else formats.MISSING
    heaviest = (
        f"{mode_label(top['mode']).lower()} from {top['origin']} to {top['destination']} is the heaviest "
        f"lane, {share} of all emissions"
    )
    tonne_km = float(flows.by_mode["tonne_km"].sum())
    if not tonne_km:
        return heaviest[:1].upper() + heaviest[1:]
    most = flows.by_mode.loc[flows.by_mode["tonne_km"].idxmax()]
    carries = f"{mode_label(most['mode'])} carries {formats.share(most['tonne_km'] / tonne_km)} of tonne-km"
    return f"{carries}; {heaviest}"


def said(flows: Flows) -> str:
    """How much of the emissions is drawn, and what becomes of the rest."""
    whole = flows.lanes_kg
    part = formats.share(flows.drawn_kg / whole) if whole else formats.MISSING
    lanes = formats.counted(flows.lanes, "lane")
    if flows.drawn_lanes == flows.lanes:
        parts = [f"All {lanes} drawn, {formats.emissions(flows.drawn_kg)}"]
    else:
        parts = [f"{flows.drawn_lanes:,} of {lanes} drawn: {part} of emissions"]
    if flows.rest_lanes:
        parts.append(f"the lighter ones are {formats.mass(flows.rest_kg)}")
    if flows.unlocated_kg > 0 or flows.unlocated_lanes:
        missing = formats.counted(flows.unlocated_lanes, "lane")
        parts.append(f"{missing} without coordinates, {formats.mass(flows.unlocated_kg)}")
    return f"{'; '.join(parts)}. Click a line to show its lane everywhere, a circle to come nearer."


def alt_text(flows: Flows) -> str:
    """The main facts, for a screen reader; the table of lanes has all of them."""
    top = "; ".join(
        f"{formats.lane(row.origin, row.destination)} by {mode_label(row.mode).lower()}, "
        f"{formats.emissions(row.wtw_kg)}"
        for row in flows.frame.head(_ALT_LANES).itertuples()
    )
    return f"Map of {formats.counted(flows.drawn_lanes, 'lane')} by mode and emissions. Heaviest: {top}"
