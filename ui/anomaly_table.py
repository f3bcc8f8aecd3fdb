"""The ranked table of anomalies: filters, ticked rows and what to do with them; below it the open leg."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from access import Permission
from ui import anomaly_actions, anomaly_detail, anomaly_open, formats, states, tables
from ui.anomaly_words import STATUS_LABELS, kind_label, with_words

if TYPE_CHECKING:
    import pandas as pd

    from analytics import AnomalyAnalytics
    from analytics.anomalies.review import AnomalySummary
    from data_access import Filters
    from ui.shell import Visit

__all__ = ["SHOWN", "show", "show_kind"]

# The three columns that triage needs come first: they are in view on a small screen, too.
SHOWN = [
    "kind", "at_stake_kg", "reason", "usual", "supplier", "lane", "mode", "status", "departed_at",
    "shipment_id",
]  # fmt: skip
_KIND, _STATUS = "kind", "status"
_ROWS = 1_000
_HIDDEN = ["lane", "usual"]  # made for the screen
_LANES = ["origin", "destination"]


def show_kind(kind: str) -> None:
    """Narrow the table to one kind, from a click on a chart."""
    st.session_state[_KIND] = [kind]


@st.fragment
def show(visit: Visit, anomalies: AnomalyAnalytics, chosen: Filters, summary: AnomalySummary) -> None:
    """Only this part of the page runs again when a row is chosen."""
    with st.container(border=True, key="card-anomalies"), states.boundary("The table"):
        head = st.container(horizontal=True, vertical_alignment="bottom", key="anomaly-filters")
        status, kinds = _filters(head, summary)
        found = visit.ask(anomalies.ranked, chosen, status=status, kinds=kinds, limit=_ROWS)
        rows = with_words(anomaly_open.within_lasso(found))
        with head:
            tables.download(rows.drop(columns=_HIDDEN), "anomalies.csv", key="download-anomalies")
        anomaly_open.lasso_chip(len(rows))
        if not anomaly_open.is_open():
            anomaly_actions.show_done(visit)
        if rows.empty:
            st.markdown(_nothing(summary, status, kinds))
        else:
            picked = _rows(visit, rows, (status, kinds, chosen))
            _bar(visit, rows, picked)
    anomaly_detail.show(visit, anomalies, rows)


def _filters(head: Any, summary: AnomalySummary) -> tuple[tuple[str, ...], tuple[str, ...]]:
    with head:
        status = st.segmented_control(
            "Status",
            list(STATUS_LABELS),
            selection_mode="multi",
            default=["open"],
            format_func=STATUS_LABELS.get,
            key=_STATUS,
            bind="query-params",
        )
        known = sorted(summary.by_kind["kind"].unique(), key=kind_label) if len(summary.by_kind) else []
        gone = [one for one in st.session_state.get(_KIND) or () if one not in known]
        if gone:
            st.session_state[_KIND] = [one for one in st.session_state[_KIND] if one in known]
        kinds = st.multiselect(
            "Kind",
            known,
            format_func=kind_label,
            key=_KIND,
            placeholder="All kinds",
            select_all=False,
            bind="query-params",
        )
    return tuple(status or STATUS_LABELS), tuple(kinds)


def _rows(visit: Visit, rows: pd.DataFrame, shape: Any) -> pd.DataFrame:
    """Draw the table; return the rows that are ticked."""
    keys = [(str(one.shipment_id), int(one.leg_no)) for one in rows[["shipment_id", "leg_no"]].itertuples()]
    name = f"anomaly-table-{abs(hash((visit.version, repr(shape), anomaly_open.lasso_turn())))}"
    state: Any = st.dataframe(
        tables.worded(rows[SHOWN]),
        hide_index=True,
        column_config={**tables.column_config(SHOWN), **_narrow()},
        height=tables.height_of(rows),
        row_height=tables.WRAPPED_PX,
        key=name,
        placeholder=formats.MISSING,
        on_select=lambda: anomaly_open.pick(keys, st.session_state[name]["selection"]["rows"]),
        selection_mode="multi-row",
        selection_default={"selection": {"rows": anomaly_open.first_ticks(name, keys)}},
        alt="Anomalies, the largest emission at stake first",
    )
    return rows.iloc[[one for one in state["selection"]["rows"] if one < len(rows)]]


def _narrow() -> dict[str, Any]:
    """Widths that bring what is wrong, what it is worth and what is usual into view on a small screen."""
    widths = {"kind": 135, "at_stake_kg": 130, "reason": 340, "usual": 170}
    config = tables.column_config(list(widths))
    return {name: {**config[name], "width": width} for name, width in widths.items()}


def _bar(visit: Visit, rows: pd.DataFrame, picked: pd.DataFrame) -> None:
    """What can be done with the ticked rows, or with all that one click repairs."""
    if not visit.may(Permission.CORRECT_DATA):
        st.caption(
            f"Tick a row to see its leg. Your role ({visit.user.role}) may look but not decide: ask an "
            "analyst to fix, confirm or dismiss."
        )
        return
    target = picked if len(picked) else rows
    fixable = target[target["fix_column"].notna() & target["status"].isin(["open", "confirmed"])]
    with st.container(horizontal=True, vertical_alignment="center", key="anomaly-bar"):
        st.markdown(_picked_words(rows, picked), width="content")
        if len(picked) > 1 or not len(picked):
            label = "Fix" if len(picked) else "Fix all"
            if st.button(
                f"{label} {formats.count(len(fixable))} fixable …",
                key="bulk-fix",
                icon=":material/build:",
                disabled=fixable.empty,
            ):
                anomaly_actions.ask_fix(visit, fixable)
        if len(picked) > 1:
            if st.button("Confirm", key="bulk-confirm", icon=":material/flag:"):
                anomaly_actions.settle(visit, picked, "confirmed")
            if st.button("Dismiss …", key="bulk-dismiss", icon=":material/visibility_off:"):
                anomaly_actions.ask_dismiss(visit, picked)
            if picked["status"].isin(["confirmed", "dismissed"]).any() and st.button(
                "Reopen", key="bulk-reopen", icon=":material/undo:"
            ):
                anomaly_actions.settle(visit, picked, "open")


def _picked_words(rows: pd.DataFrame, picked: pd.DataFrame) -> str:
    if len(picked):
        kg = picked.groupby(["shipment_id", "leg_no"])["at_stake_kg"].max().sum()
        return f"**{formats.count(len(picked))} selected**, {formats.plain(formats.emissions(kg))} at stake"
    shown = f"The {_ROWS:,} largest." if len(rows) == _ROWS else f"{formats.count(len(rows))} in all."
    return f"{shown} Tick a row to look into it, several to act on them."


def _nothing(summary: AnomalySummary, status: tuple[str, ...], kinds: tuple[str, ...]) -> str:
    if kinds or len(summary.by_kind):
        words = " or ".join(STATUS_LABELS[one].lower() for one in status)
        of = " of this kind" if len(kinds) == 1 else " of these kinds" if kinds else ""
        return f"No anomaly{of} is {words}. Choose another status or kind above."
    return "No anomaly in this selection."
