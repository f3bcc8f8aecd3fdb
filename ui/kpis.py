"""The headline figures: value, change against the period before, and a note that opens the derivation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import streamlit as st

from ui import formats

if TYPE_CHECKING:
    from analytics.overview import Summary

__all__ = ["Kpi", "colour", "headline", "metric", "row"]

Sense = Literal["normal", "inverse", "off"]


@dataclass(frozen=True)
class Kpi:
    """One card. `sense` says how a rise reads: good (normal), bad (inverse) or neither (off); `more` goes on
    from the value where it has no change.
    """

    figure: str
    label: str
    value: str
    note: str
    change: tuple[float, str] | None = None
    sense: Sense = "off"
    more: str = ""


def headline(summary: Summary) -> list[Kpi]:
    """Return the Overview's cards; a rise of emissions or intensity reads as bad, of primary data as good."""
    now, before = summary.current, summary.previous
    some = before if before is not None and before.legs else None
    return [
        Kpi(
            "emissions",
            "Emissions WTW, CO2e",
            formats.mass(now.wtw_kg),
            formats.range_note(now.wtw_kg, now.low_kg, now.high_kg),
            formats.change(now.wtw_kg, some.wtw_kg) if some else None,
            "inverse",
        ),
        Kpi(
            "intensity",
            "Intensity, CO2e per tkm",
            formats.intensity(now.intensity_g_per_tkm).removesuffix(" CO2e/tkm"),
            "Emissions ÷ tonne-km",
            formats.change(now.intensity_g_per_tkm, some.intensity_g_per_tkm) if some else None,
            "inverse",
        ),
        Kpi(
            "tonne_km",
            "Transport activity",
            formats.tonne_km(now.tonne_km),
            "Σ mass × distance",
            formats.change(now.tonne_km, some.tonne_km) if some else None,
        ),
        Kpi(
            "shipments",
            "Shipments",
            formats.count(now.shipments),
            _legs_each(now.legs, now.shipments),
            formats.change(now.shipments, some.shipments) if some else None,
        ),
        Kpi(
            "cost",
            "Freight cost",
            formats.moneys(now.costs[:1]),
            f"Known for {formats.share(now.costed_share)} of legs",
            more=_other_currencies(now.costs),
        ),
        Kpi(
            "primary",
            "Primary data",
            formats.share(now.primary_share),
            f"{formats.share(now.modelled_share)} modelled, {formats.share(now.default_share)} default",
            formats.points(now.primary_share, some.primary_share) if some else None,
            "normal",
        ),
    ]


def row(cards: list[Kpi]) -> str | None:
    """Show the cards side by side; return the figure whose derivation was asked for in this run."""
    asked = None
    with st.container(key="kpis"):
        for card in cards:
            with st.container(key=f"kpi-{card.figure}"):
                metric(card.label, card.value, card.change, card.sense)
                if card.more and card.change is None:
                    st.caption(formats.plain(card.more))
                if st.button(
                    card.note,
                    key=f"derive-{card.figure}",
                    type="tertiary",
                    icon=":material/function:",
                    help=f"How “{card.label}” came about",
                ):
                    asked = card.figure
    return asked


def _legs_each(legs: int, shipments: int) -> str:
    """How the count of shipments comes out of the count of legs."""
    return formats.counted(legs, "leg") + (f", {legs / shipments:.1f} each" if legs > shipments > 0 else "")


def _other_currencies(costs: tuple[tuple[str, float], ...]) -> str:
    """Costs beside the largest: currencies are never added up, so each stands for itself."""
    return f"+ {formats.moneys(costs[1:], most=3)}" if len(costs) > 1 else ""


def metric(
    label: str,
    value: str,
    change: tuple[float, str] | None,
    sense: Sense,
    against: str = "vs previous period",
) -> None:
    """A figure with its change, if there is one, in the colour that says how a rise reads."""
    if change is None:
        st.metric(label, value)
        return
    difference, text = change
    unchanged = difference == 0 or text.startswith("0.0")
    st.metric(
        label,
        value,
        delta=text,
        delta_color="off" if unchanged else colour(sense, rises=difference > 0),
        delta_arrow="off" if unchanged else "up" if difference > 0 else "down",
        delta_description=against,
    )


def colour(sense: Sense, *, rises: bool) -> Literal["green", "red", "off"]:
    if sense == "off":
        return "off"
    return "green" if rises == (sense == "normal") else "red"
