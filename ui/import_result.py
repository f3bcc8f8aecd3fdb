"""What became of an uploaded file: counts, the way to the figures, and what was set aside, with reasons."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from ui import filters, formats, tables

if TYPE_CHECKING:
    import pandas as pd

    from ingestion import ImportResult

__all__ = ["show", "summary"]

_ROWS = 1_000


def summary(result: ImportResult, name: str) -> str:
    """What happened, in one sentence."""
    if not result.rows_read:
        return f"{name} has no rows."
    read = formats.count(result.rows_read)
    if result.rows_accepted:
        accepted, emitted = formats.count(result.rows_accepted), formats.emissions(result.wtw_kg)
        return f"{accepted} of {read} rows of {name} are in, {emitted}."
    if result.rows_duplicate == result.rows_read:
        return f"All rows of {name} were here already; nothing was added."
    return f"No row of {name} was new and usable; nothing was added. The reasons are below."


def show(result: ImportResult, name: str, *, again: Callable[[dict[str, str]], None]) -> None:
    """Show the result; `again` imports the file once more with the places that the user has named."""
    say = st.success if result.rows_accepted else st.info if result.rows_duplicate else st.warning
    say(formats.plain(summary(result, name)))
    _brought(result)
    _counts(result)
    _notes(result.notes)
    _places(result.unresolved, again)
    _aside(
        "Rejected rows", result.rejected, ["row_number", "column", "value", "problem"], "rejected-rows.csv"
    )
    _aside("Flagged rows", result.flagged, ["shipment_id", "leg_no", "kind", "reason"], "flagged-rows.csv")
    _aside("Values left out", result.notices, ["column", "value", "rows"], "values-left-out.csv")


def _brought(result: ImportResult) -> None:
    """What the file adds to the figures, and the way to them."""
    if not (result.first_departed_at and result.last_departed_at):
        return
    first, last = result.first_departed_at.date(), result.last_departed_at.date()
    brought = {
        "Emissions WTW, CO2e": formats.mass(result.wtw_kg),
        "First departure": formats.day(first),
        "Last departure": formats.day(last),
    }
    brought["Suppliers"] = formats.count(result.suppliers)
    with st.container(key="brought"):
        for label, value in brought.items():
            with st.container(key=f"kpi-{label.split()[0].lower()}-brought"):
                st.metric(label, value)
    if st.button(
        "See these shipments on the Overview", icon=":material/monitoring:", key="see", type="primary"
    ):
        filters.clear_all()
        st.switch_page("pages/overview.py", query_params=filters.link(first, last))


def _counts(result: ImportResult) -> None:
    counts = {
        "Read": result.rows_read,
        "Accepted": result.rows_accepted,
        "Rejected": result.rows_rejected,
        "Duplicates": result.rows_duplicate,
        "Flagged": result.rows_flagged,
    }
    with st.container(key="counts"):
        for label, value in counts.items():
            with st.container(key=f"kpi-{label.lower()}"):
                st.metric(label, formats.count(value))


def _notes(notes: tuple[str, ...]) -> None:
    """How the file was read: a unit that was assumed, a column that was left alone."""
    if notes:
        lines = "\n".join(f"- {formats.plain(note)}" for note in notes)
        st.info(f"**How the file was read**\n{lines}", icon=":material/info:")


def _places(unresolved: pd.DataFrame, again: Callable[[dict[str, str]], None]) -> None:
    if unresolved.empty:
        return
    rows = int(unresolved["rows"].sum())
    st.header(f"{formats.counted(len(unresolved), 'place name')} not found", anchor=False)
    st.caption(
        f"Rows kept out: {formats.count(rows)}. Say what each is, as “City, US”, a UN/LOCODE, an "
        "airport code or coordinates; the answers are remembered for later files."
    )
    edited = st.data_editor(
        unresolved.assign(place=None),
        column_config={
            **tables.column_config(["column", "name", "rows"]),
            "name": st.column_config.TextColumn("Name in the file"),
            "place": st.column_config.TextColumn("This is …", help="Waltham, US · DEHAM · FRA · 51.9, 4.5"),
        },
        disabled=["column", "name", "rows"],
        hide_index=True,
        height=tables.height_of(unresolved),
        key="places",
        placeholder="Fill in",
        alt="Place names that were not found",
    )
    named = edited.dropna(subset=["place"])
    places = {
        str(row.name_): str(row.place).strip() for row in named.rename(columns={"name": "name_"}).itertuples()
    }
    places = {name: place for name, place in places.items() if place}
    if st.button("Import again with these places", disabled=not places, key="import-again", type="primary"):
        again(places)


def _aside(title: str, frame: pd.DataFrame, columns: list[str], file_name: str) -> None:
    if frame.empty:
        return
    with st.expander(f"{title} ({formats.count(len(frame))})", expanded=title == "Rejected rows"):
        shown = frame.head(_ROWS)
        tables.show(shown, columns, key=f"table-{file_name}", alt=title)
        if len(frame) > _ROWS:
            st.caption(f"The first {_ROWS:,}; the CSV has all of them.")
        tables.download(frame[columns], file_name, key=f"download-{file_name}")
