"""Supplier data from a file: the template, what a file changes, what in it cannot be used; then do it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st

import access
from data_access.errors import StoreError
from ingestion import supplier_data
from ingestion.errors import IngestionError
from ui import formats, states, tables
from ui.shell import current_user
from ui.supplier_master_words import LABELS, changed, previewed, value

if TYPE_CHECKING:
    import pandas as pd

    from ingestion.supplier_data import Preview
    from ui.shell import Visit

__all__ = ["changes_frame", "problems_frame", "show"]

_TYPES = ["csv", "tsv", "txt", "xlsx", "xls", "parquet"]
_LARGEST_MB = 20
_TURN, _READ = "supplier-file-turn", "supplier-file-read"
CHANGES = ["name", "supplier_id", "attribute", "old", "new"]
PROBLEMS = ["row_number", "column", "value", "problem"]
_SHOWN = 1_000


def show(visit: Visit, say: Callable[[str], None]) -> None:
    """Take a file, show what it would do, and do it when told; `say` gets the sentence about it."""
    st.header("Change many from a file", anchor=False)
    st.caption(
        "A table with supplier id and any of name, country, sector, tier, target in %, base year and target "
        "year. An empty cell leaves the value as it is; “-” takes it away."
    )
    st.download_button(
        "Template with today's data",
        data=lambda: supplier_data.template(visit.store),
        file_name="supplier-data.csv",
        mime="text/csv",
        key="supplier-template",
        icon=":material/download:",
        on_click="ignore",
    )
    turn = st.session_state.get(_TURN, 0)
    file = st.file_uploader(
        "Supplier data, one row a supplier",
        type=_TYPES,
        key=f"supplier-file-{turn}",
        max_upload_size=_LARGEST_MB,
    )
    if file is None:
        return
    try:
        with st.spinner("Comparing the file with what stands there …"):
            found = _read(visit, file)
    except (IngestionError, StoreError) as error:
        states.refused(str(error))
        return
    _preview(found)
    if found.changes and st.button(
        f"Apply {formats.counted(len(found.changes), 'change')}", type="primary", key="supplier-file-apply"
    ):
        _apply(visit, found, say)


def changes_frame(found: Preview) -> pd.DataFrame:
    """Supplier, what, now, becomes; one row a value."""
    import pandas as pd

    rows = [
        (
            change.name,
            change.supplier_id,
            LABELS[change.column],
            value(change.column, change.old),
            value(change.column, change.new),
        )
        for change in found.changes
    ]
    return pd.DataFrame(rows, columns=CHANGES)


def problems_frame(found: Preview) -> pd.DataFrame:
    """Row, column, value and reason of what cannot be used."""
    import pandas as pd

    rows = [(one.row, one.column, one.value, one.problem) for one in found.problems]
    return pd.DataFrame(rows, columns=PROBLEMS)


def _read(visit: Visit, file: Any) -> Preview:
    """Read the file once, not at each run of the page, as long as the data stay as they are."""
    state = (file.file_id, visit.store.version)
    kept = st.session_state.get(_READ)
    if kept is None or kept[0] != state:
        kept = (state, supplier_data.read_changes(visit.store, file, file_name=file.name))
        st.session_state[_READ] = kept
    return kept[1]


def _preview(found: Preview) -> None:
    say = st.info if found.changes else st.warning if found.problems else st.success
    say(formats.plain(previewed(found)))
    if found.ignored:
        names = formats.plain(", ".join(found.ignored[:10]))
        st.caption(f"Columns that mean nothing here: {names}.")
    if found.changes:
        frame = changes_frame(found)
        tables.show(frame.head(_SHOWN), CHANGES, key="supplier-changes", alt="What the file would change")
        if len(frame) > _SHOWN:
            st.caption(f"The first {_SHOWN:,} of {len(frame):,} changes.")
    if found.problems:
        frame = problems_frame(found)
        st.subheader(f"Not usable ({formats.count(len(frame))})", anchor=False)
        tables.show(frame.head(_SHOWN), PROBLEMS, key="supplier-problems", alt="Rows that cannot be used")
        tables.download(frame, "supplier-rows-not-usable.csv", key="supplier-problems-csv")


def _apply(visit: Visit, found: Preview, say: Callable[[str], None]) -> None:
    try:
        made = supplier_data.apply(
            visit.store, found.changes, user=current_user(), audit_db=access.database()
        )
    except (IngestionError, StoreError) as error:
        states.refused(str(error))
        return
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1  # an empty uploader
    st.session_state.pop(_READ, None)
    say(changed(made))
