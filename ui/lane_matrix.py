"""From where to where, as a matrix of countries or regions; a click on a cell filters by its two ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import formats, lane_charts, lane_views, lane_words, tables
from ui.chart_card import show as show_chart
from ui.chart_card import titled

if TYPE_CHECKING:
    from analytics import LaneAnalytics
    from analytics.lanes import Matrix
    from data_access import Filters
    from ui.shell import Visit

__all__ = ["SHOWN", "filter_cell", "show"]

SHOWN = ["origin", "destination", "wtw_kg", "tonne_km", "intensity_g_per_tkm", "legs"]
_BY = {"country": "Countries", "region": "Regions"}
_MEASURES = {"wtw_kg": "Emissions", "tonne_km": "Tonne-km", "intensity_g_per_tkm": "Intensity"}
_UNITS = {"wtw_kg": "kg CO2e", "tonne_km": "tonne-km", "intensity_g_per_tkm": "g CO2e/tkm"}


def show(visit: Visit, lanes: LaneAnalytics, chosen: Filters) -> None:
    with st.container(horizontal=True, key="matrix-controls"):
        by = st.segmented_control(
            "Ends", list(_BY), format_func=_BY.get, default="country", required=True, key="ends",
            bind="query-params",
        )  # fmt: skip
        measure = st.segmented_control(
            "Measure", list(_MEASURES), format_func=_MEASURES.get, default="wtw_kg", required=True,
            key="measure", bind="query-params",
        )  # fmt: skip
    found = visit.ask(lanes.matrix, chosen, by=by, measure=measure)
    if not found.legs.any():
        st.markdown("Nothing runs between two places in this selection: only hub operations are in it.")
        return
    titled(
        lane_words.matrix_finding(found, str(by)),
        f"{_UNITS[str(measure)]}, rows from, columns to; the stronger the colour, the more (by the "
        "square root). Hub operations go nowhere and are not in it. Click a cell to filter by its two ends.",
    )
    with st.container(key="lane-matrix"):
        show_chart(
            visit.draw(lane_charts.matrix, found, chosen, by=by, measure=measure),
            key="od-matrix",
            alt="Matrix: transport from each origin to each destination",
            on_click=lambda cell: filter_cell(found, int(cell[0]), int(cell[1])),
        )
    _table(found, str(by))


def filter_cell(found: Matrix, row: int, column: int) -> None:
    """Narrow the page to a cell's countries; an end without a known country stays open."""
    ends = {"from": found.origin_codes[row], "to": found.destination_codes[column]}
    lane_views.narrow({key: list(codes) for key, codes in ends.items() if codes})


def _table(found: Matrix, by: str) -> None:
    cells = found.frame()
    named = cells.assign(
        **{
            end: [
                lane_words.matrix_label(
                    str(name), by=by, size=len(dict(zip(names, codes, strict=True))[name])
                )
                for name in cells[end]
            ]
            for end, names, codes in (
                ("origin", found.origins, found.origin_codes),
                ("destination", found.destinations, found.destination_codes),
            )
        }
    )
    with st.expander("The cells as a table"):
        tables.download(named, "origin-destination.csv", key="download-matrix")
        tables.show(
            named, SHOWN, key="matrix-rows", alt="Origins and destinations, the largest emission first"
        )
        st.caption(
            formats.plain(
                f"{formats.counted(len(cells), 'cell')}, {formats.emissions(cells['wtw_kg'].sum())} in all."
            )
        )
