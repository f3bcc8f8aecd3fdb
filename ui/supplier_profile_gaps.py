"""What is doubtful or missing in one supplier's data: anomalies, gaps, and the file that asks for them."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import streamlit as st

from access import Permission
from analytics import AnomalyAnalytics
from analytics.gaps import GapAnalytics
from reporting.suppliers import request_file
from ui import anomaly_charts, formats, states, supplier_choice, tables
from ui.anomaly_words import kind_label
from ui.chart_card import show as show_figure
from ui.chart_card import titled

if TYPE_CHECKING:
    import pandas as pd

    from analytics.anomalies.review import AnomalySummary
    from analytics.gaps import Gaps
    from analytics.overview import FilterOptions
    from ui.supplier_subject import Subject

__all__ = ["COLUMNS", "anomalies", "anomalies_finding", "finding", "frame", "link", "show"]

_OF_THIS_PAGE = ("id", "with", "weights", "flagged")
COLUMNS = ["gap", "legs", "wtw_kg", "share", "in_doubt_kg"]
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def anomalies(subject: Subject, options: FilterOptions) -> None:
    """Open and confirmed findings by kind, and the way to them."""
    with states.loading(280):
        found = subject.alone(AnomalyAnalytics(subject.visit.store).summary)
    flagged = found.flagged_by_kind
    titled(anomalies_finding(found), "Open and confirmed findings by kind; their legs are not compared.")
    if not flagged.empty:
        show_figure(
            anomaly_charts.by_kind(flagged),
            key="profile-anomalies",
            alt="Bars: kg CO2e at stake by kind of anomaly",
            fill=True,
        )
    # A link that reloads: Streamlit cannot leave a page for another view while filters are bound to the URL.
    href = escape(link(subject, options))
    st.html(f'<div class="user-links"><a href="{href}" target="_self">Open on the Anomalies page</a></div>')


def link(subject: Subject, options: FilterOptions) -> str:
    """The address of the Anomalies page with the filters of this one, narrowed to the supplier."""
    kept = {name: st.query_params.get_all(name) for name in st.query_params if name not in _OF_THIS_PAGE}
    narrowed = {**kept, "supplier": [supplier_choice.names(options)[subject.supplier_id]]}
    return f"anomalies?{urlencode(narrowed, doseq=True)}"


def anomalies_finding(found: AnomalySummary) -> str:
    """How many findings, and how much of the emissions they put in doubt."""
    waiting = found.open + found.confirmed
    if not waiting:
        return "No anomaly among its legs" if found.last_scoring else "Its legs have not been scored yet"
    worst = kind_label(str(found.flagged_by_kind["kind"].iloc[0])).lower()
    many = formats.counted(waiting, "finding")
    share = formats.percent(found.share_of_emissions)
    return f"{many} put {share} of its emissions in doubt, most by “{worst}”"


def show(subject: Subject) -> None:
    """The gaps by what they leave in doubt, and the file that asks the supplier to fill them."""
    with states.loading(280):
        gaps = subject.among_all(GapAnalytics(subject.visit.store).gaps)
    titled(
        finding(gaps),
        "In doubt is by how much the 95 % range of its emissions would narrow, were this one known. Ranges "
        "combine, so the rows do not add up.",
    )
    if not gaps.found:
        return
    rows = frame(gaps)
    tables.show(rows, COLUMNS, key="profile-gaps", alt="Data gaps of the supplier")
    with st.container(horizontal=True, vertical_alignment="center"):
        if len(gaps.rows):
            _request(subject, gaps)
        tables.download(rows[COLUMNS], f"data-gaps-{subject.supplier_id}.csv", key="profile-gaps-csv")


def finding(gaps: Gaps) -> str:
    """The largest gap."""
    if not gaps.found:
        return "No data gap in this selection"
    first = gaps.found[0]
    if not first.in_doubt_kg:
        return f"{first.label}: {formats.counted(first.legs, 'leg')}; no emission is in doubt for it"
    in_doubt = formats.emissions(first.in_doubt_kg)
    return f"{first.label}: {formats.share(first.share)} of its emissions, {in_doubt} in doubt"


def frame(gaps: Gaps) -> pd.DataFrame:
    """One row each, in the order of what is in doubt."""
    import pandas as pd

    rows = [(gap.label, gap.legs, gap.wtw_kg, gap.share, gap.in_doubt_kg) for gap in gaps.found]
    return pd.DataFrame(rows, columns=COLUMNS)


def _request(subject: Subject, gaps: Gaps) -> None:
    if not subject.visit.may(Permission.EXPORT):
        return
    own = subject.own
    st.download_button(
        "Request data (Excel)",
        data=lambda: request_file(gaps, formats.period(own.start, own.end)),
        file_name=f"request-data-{subject.supplier_id}.xlsx",
        mime=_XLSX,
        icon=":material/outgoing_mail:",
        type="primary",
        key="profile-request",
        on_click="ignore",
        help="Its shipments in Excel, the cells to fill coloured.",
    )
    asked, more = formats.counted(len(gaps.rows), "leg"), ""
    if gaps.left_out_legs:
        rest = formats.counted(gaps.left_out_legs, "leg")
        more = f"; {rest} with {formats.emissions(gaps.left_out_kg)} do not fit"
    st.caption(f"Asks about {asked}, largest emissions first{more}.")
