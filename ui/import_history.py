"""The imports so far: what each brought, its rejected rows, and undoing exactly one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

import access
from access import audit
from data_access.errors import StoreError
from ingestion import list_batches, rejected_of, undo_import
from ingestion.batches import MAX_LISTED, has_feed
from ingestion.errors import UnknownBatch
from ui import formats, tables

if TYPE_CHECKING:
    from ui.shell import Visit

__all__ = ["show"]

_COLUMNS = ["imported_at", "file_name", "imported_by", "rows_read", "rows_accepted", "rows_rejected"]
_COLUMNS += ["rows_duplicate", "rows_flagged"]


def show(visit: Visit) -> None:
    """List the imports; a row that is chosen can be looked into and undone."""
    st.header("Imports so far", anchor=False)
    with_feed = has_feed(visit.store) and st.toggle(
        "Show the feed's imports too",
        key="with-feed",
        help=f"The last {MAX_LISTED:,} of all are listed then. Stop the feed before you undo one of its own.",
    )
    batches = list_batches(visit.store, with_feed=with_feed)
    if batches.empty:
        st.caption("Nothing has been imported yet.")
        return
    state: Any = st.dataframe(
        batches[_COLUMNS],
        hide_index=True,
        column_config=tables.column_config(_COLUMNS),
        on_select="rerun",
        selection_mode="single-row",
        # Not by the version: a feed that writes would take the choice away.
        key=f"batches-{len(batches)}-{batches['batch_id'].iloc[0]}",
        height=tables.height_of(batches),
        alt="Imports so far",
    )
    chosen = state.selection.rows
    if not chosen:
        st.caption("Choose a row to download its rejected rows or to undo it.")
        return
    batch = batches.iloc[chosen[0]]
    with st.container(horizontal=True):
        if batch["rows_rejected"]:
            rejected = rejected_of(visit.store, batch["batch_id"])
            tables.download(rejected, "rejected-rows.csv", key="download-batch", label="Rejected rows (CSV)")
        if st.button("Undo this import …", icon=":material/undo:", key="undo"):
            confirm_undo(visit, batch["batch_id"], batch["file_name"], int(batch["rows_accepted"]))


@st.dialog("Undo this import?")
def confirm_undo(visit: Visit, batch_id: str, name: str, rows: int) -> None:
    """Ask once more, since the rows leave every figure; only this import's rows go."""
    st.markdown(
        f"{formats.counted(rows, 'row')} that **{formats.plain(name)}** brought in will leave every "
        "figure. Other imports stay as they are. To get the rows back, upload the file again."
    )
    with st.container(horizontal=True):
        if st.button("Remove these rows", type="primary", key="undo-yes"):
            _undo(visit, batch_id, name)
        if st.button("Keep them", key="undo-no"):
            st.rerun()


def _undo(visit: Visit, batch_id: str, name: str) -> None:
    try:
        removed = undo_import(visit.store, batch_id)
    except (UnknownBatch, StoreError) as error:
        st.error(formats.plain(error))
        return
    audit.record(access.database(), visit.user, "undid_import", batch_id, {"file": name, "rows": removed})
    st.session_state.pop("import-job", None)
    st.session_state["undone"] = f"Removed {formats.counted(removed, 'row')} of {name}."
    st.rerun()
