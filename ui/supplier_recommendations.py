"""What would help one supplier, largest saving first: what to do, what it saves and costs, the evidence."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import streamlit as st

from ui import formats, tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from analytics.recommendations import Recommendation

__all__ = ["finding", "frame", "line", "show"]

_SHOWN = 5
_ICONS = {
    "shift_mode": ":material/directions_boat:",
    "consolidate": ":material/inventory_2:",
    "vehicle_class": ":material/local_shipping:",
    "primary_data": ":material/fact_check:",
}


def show(found: Sequence[Recommendation], supplier_id: str) -> None:
    """The recommendations in the order of their kilograms, and all of them as CSV."""
    st.header(formats.plain(finding(found)), anchor=False)
    if not found:
        st.caption(
            "A recommendation needs evidence in the data: a lane that somebody ships by a cleaner mode, "
            "shipments that could travel together, a vehicle class that peers use on the same job. A longer "
            "period may hold more."
        )
        return
    st.caption(
        f"Per year, from the {formats.counted(round(found[0].days), 'day')} of this selection. No shipment "
        "counts twice, so the savings add up. Ranges are 95 %."
    )
    for one in found[:_SHOWN]:
        _card(one)
    if rest := found[_SHOWN:]:
        with st.expander(f"{formats.counted(len(rest), 'more recommendation')}"):
            for one in rest:
                _card(one)
    tables.download(frame(found), f"recommendations-{supplier_id}.csv", key="recommendations-csv")


def finding(found: Sequence[Recommendation]) -> str:
    """The title: what all of them save together."""
    if not found:
        return "Nothing to recommend from this selection"
    saved = sum(one.saved_kg for one in found)
    if not saved:
        return "Better data would help; no saving is in evidence"
    low, high = (sum(getattr(one, side) for one in found) for side in ("saved_low_kg", "saved_high_kg"))
    share = sum(one.saved_share for one in found)
    return (
        f"{formats.emissions_range(saved, low, high)} CO2e a year could be saved, "
        f"{formats.percent(share)} of what it emits"
    )


def line(one: Recommendation) -> str:
    """What it brings and takes, in one line; what is not known is left out."""
    said = []
    if one.saved_kg:
        saved = formats.emissions_range(one.saved_kg, one.saved_low_kg, one.saved_high_kg)
        said.append(f"Saves {saved} CO2e a year, {formats.percent(one.saved_share)} of what it emits")
    elif one.in_doubt_kg:
        said.append(f"Narrows the range by {formats.emissions(one.in_doubt_kg)} a year; saves nothing itself")
    said.append(formats.counted(one.shipments, "shipment"))
    if one.extra_days is not None:
        said.append(_days(one.extra_days))
    if one.extra_cost is not None:
        cost = formats.money(abs(one.extra_cost), one.currency)
        said.append(f"{cost} {'more' if one.extra_cost > 0 else 'less'} a year")
    elif one.saved_kg:
        said.append("cost not known")
    return " · ".join(said)


def frame(found: Sequence[Recommendation]) -> pd.DataFrame:
    """One row each, for the CSV."""
    import pandas as pd

    rows = [{**asdict(one), "lanes": "; ".join(one.lanes)} for one in found]
    return pd.DataFrame(rows).rename(columns={"days": "days_of_data"})


def _days(extra: float) -> str:
    if abs(extra) < 0.05:
        return "as fast as now"
    amount = f"{abs(extra):.1f}".removesuffix(".0")
    return f"{amount} day{'' if amount == '1' else 's'} {'longer' if extra > 0 else 'shorter'}"


def _card(one: Recommendation) -> None:
    with st.container(gap="xsmall"):
        icon = _ICONS.get(one.kind, ":material/lightbulb:")
        st.markdown(f"{icon} **{formats.plain(one.title)}**")
        st.markdown(formats.plain(line(one)))
        st.caption(formats.plain(one.evidence))
