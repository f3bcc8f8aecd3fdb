"""What came in last, newest on top, and the anomalies of the window with the way to each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import formats, live_words, tables
from ui.anomaly_words import kind_label, named

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd

__all__ = ["ANOMALIES", "ARRIVALS", "anomalies", "arrivals", "arrivals_finding"]

ARRIVALS, ANOMALIES = 50, 3
_COLUMNS = [
    "imported_at", "flag", "shipment_id", "name", "mode", "lane", "departed_at", "weight_kg", "wtw_kg",
    "flag_reason",
]  # fmt: skip


def arrivals(frame: pd.DataFrame) -> None:
    """Show the latest legs; one that is flagged says why."""
    ends = zip(frame["origin"], frame["destination"], strict=True)
    told = zip(frame["flag_reason"], frame["supplier_id"], frame["name"], strict=True)
    shown = frame.assign(
        flag_reason=[named(*one) if isinstance(one[0], str) else None for one in told],
        lane=[formats.lane(*pair) for pair in ends],
        flag=frame["flag_kind"].map(lambda kind: f"⚑ {kind_label(kind)}", na_action="ignore"),
    )
    tables.show(shown, _COLUMNS, key="live-arrivals", alt="Latest arrivals")


def arrivals_finding(frame: pd.DataFrame, now: datetime) -> str:
    """When the latest legs came in, and how many of those shown are flagged."""
    last = live_words.ago(frame["imported_at"].max().to_pydatetime(), now)
    flagged = int(frame["flag_kind"].notna().sum())
    found = f"The latest shipments came in {last}"
    if not flagged:
        return found
    return f"{found}, {flagged} of the {len(frame)} shown {'is' if flagged == 1 else 'are'} flagged"


def anomalies(frame: pd.DataFrame, detected: int, now: datetime) -> None:
    """A link to each anomaly, with its reason below."""
    with st.container(key="live-anomalies", gap="small"):
        for at, row in enumerate(frame.itertuples()):
            with st.container(key=f"live-anomaly-{at}", gap=None):
                st.page_link(
                    "pages/anomalies.py",
                    label=f"{formats.plain(kind_label(row.kind))}, {formats.mass(row.at_stake_kg)} at stake",
                    icon=":material/flag:",
                    query_params={"leg": f"{row.shipment_id}/{row.leg_no}"},
                )
                reason = named(row.reason, row.supplier_id, row.name)
                st.caption(
                    f"{formats.plain(reason)}  \n{formats.plain(row.shipment_id)}, "
                    f"{formats.plain(row.name)}, found {live_words.ago(row.found_at.to_pydatetime(), now)}"
                )
        if detected > len(frame):
            st.page_link(
                "pages/anomalies.py", label="All anomalies", icon=":material/arrow_forward:"
            )  # the page orders them by what is at stake
