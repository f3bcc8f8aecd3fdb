"""The Live page's headline figures: value, change against the window before, and the window as small bars."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from ui import formats, live_words
from ui.kpis import Sense, metric

if TYPE_CHECKING:
    import pandas as pd

    from analytics.real_time import RealTimeMetrics, WindowFigures

__all__ = ["Tick", "row", "spark", "ticks"]

_LEAST_PCT = 3  # the height of a bar that is not nothing


@dataclass(frozen=True)
class Tick:
    """One card; `values` are its bars from the oldest to the newest, `write` puts one of them into words."""

    figure: str
    label: str
    value: str
    note: str
    values: tuple[float, ...]
    write: Callable[[float], str]
    change: tuple[float, str] | None = None
    sense: Sense = "off"


def ticks(metrics: RealTimeMetrics, pulse: pd.DataFrame) -> list[Tick]:
    """The six cards; where the window before was empty, there is nothing to compare with."""
    now = metrics.current
    before = metrics.previous if metrics.previous.legs else None
    columns = {name: tuple(pulse[name].astype(float)) for name in pulse.columns if name != "start"}
    return [
        Tick(
            "emissions",
            "Emissions WTW, CO2e",
            formats.mass(now.wtw_kg),
            formats.range_note(now.wtw_kg, now.low_kg, now.high_kg),
            columns["wtw_kg"],
            formats.mass,
            formats.change(now.wtw_kg, before.wtw_kg) if before else None,
            "inverse",
        ),
        Tick(
            "intensity",
            "Intensity, CO2e per tkm",
            formats.intensity(now.intensity_g_per_tkm).removesuffix(" CO2e/tkm"),
            "Emissions ÷ tonne-km",
            columns["intensity_g_per_tkm"],
            formats.intensity,
            formats.change(now.intensity_g_per_tkm, before.intensity_g_per_tkm) if before else None,
            "inverse",
        ),
        Tick(
            "shipments",
            "Shipments departed",
            formats.count(now.shipments),
            formats.counted(now.legs, "leg"),
            columns["shipments"],
            formats.count,
            formats.change(now.shipments, before.shipments) if before else None,
        ),
        Tick(
            "anomalies",
            "Legs with an anomaly",
            formats.count(now.anomalies_detected),
            _at_stake(now),
            columns["anomalies"],
            formats.count,
            _difference(now.anomalies_detected, before.anomalies_detected) if before else None,
            "inverse",
        ),
        Tick(
            "late",
            "Late arrivals",
            formats.share(now.late_share),
            "Over 1.25 × the lane’s usual time" if now.late_share is not None else "No arrival to judge",
            columns["late_share"],
            formats.share,
            formats.points(now.late_share, metrics.previous.late_share),
            "inverse",
        ),
        Tick(
            "freshness",
            "Latest departure, age",
            live_words.age(metrics.freshness.age_hours),
            f"Last import {live_words.ago(metrics.freshness.last_imported_at, metrics.end)}",
            columns["imported"],
            lambda legs: f"{formats.counted(legs, 'leg')} imported",
        ),
    ]


def row(cards: list[Tick], window: str, seconds: int) -> None:
    """Show the cards side by side; `seconds` is the width of a bar."""
    against = f"vs the {window.removeprefix('1 ')} before"
    with st.container(key="live-kpis"):
        for card in cards:
            with st.container(key=f"kpi-{card.figure}"):
                metric(card.label, card.value, card.change, card.sense, against)
                st.html(f"{spark(card, seconds)}<p>{escape(card.note)}</p>")


def spark(card: Tick, seconds: int) -> str:
    """A small bar chart as HTML, with what it shows in words: Streamlit's own has no name to read out."""
    known = [value for value in card.values if math.isfinite(value)]
    top = max(known, default=0.0)
    bars = "".join(f'<i style="height:{_height(value, top):.0f}%"></i>' for value in card.values)
    return f'<div class="spark" role="img" aria-label="{escape(_said(card, known, seconds))}">{bars}</div>'


def _said(card: Tick, known: Iterable[float], seconds: int) -> str:
    values = list(known)
    if not values:
        return f"{card.label}: nothing to show in this window"
    least, most, last = (card.write(value) for value in (min(values), max(values), values[-1]))
    every = live_words.bin_name(seconds)
    return f"{card.label} by {every}: {least} to {most}, {last} in the latest"


def _height(value: float, top: float) -> float:
    if not math.isfinite(value) or top <= 0 or value <= 0:
        return 0.0
    return max(value / top * 100, _LEAST_PCT)


def _at_stake(now: WindowFigures) -> str:
    if not now.anomalies_detected:
        return "Nothing looks wrong"
    share = formats.percent(now.flagged_kg / now.wtw_kg if now.wtw_kg else None)
    return f"{share} of the emissions"


def _difference(now: int, before: int) -> tuple[float, str]:
    difference = now - before
    sign = "+" if difference > 0 else "−" if difference < 0 else ""
    return float(difference), f"{sign}{formats.count(abs(difference))}"
