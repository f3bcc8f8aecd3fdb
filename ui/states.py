"""What a page shows instead of figures: while loading, when there is nothing, and when something failed."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import streamlit as st

from data_access.errors import StoreError
from ui import filters, formats

if TYPE_CHECKING:
    from analytics.overview import FilterOptions

__all__ = ["boundary", "empty", "empty_selection", "empty_warehouse", "loading", "refused"]

_log = logging.getLogger("ui")


@contextmanager
def loading(height: int) -> Iterator[None]:
    """Hold a place of this height with a skeleton while the block works."""
    with st.skeleton(height=height):
        yield


@contextmanager
def boundary(what: str) -> Iterator[None]:
    """Keep an error in one part of the page from taking the rest down.

    The user reads one sentence with a reference; the traceback goes to the log under the same reference. Our
    own errors about the databases say what to do, so their message is shown.
    """
    try:
        yield
    except StoreError as error:
        st.error(f"{formats.plain(error)} (reference {_logged(what)})", icon=":material/error:")
    except Exception:
        st.error(
            f"{what} could not be shown. Reload the page; if it stays, tell an administrator "
            f"the reference {_logged(what)}.",
            icon=":material/error:",
        )


def refused(problem: str) -> None:
    """Say why something was not done; what stands on further lines is advice, a point each."""
    first, *advice = [line for line in problem.splitlines() if line.strip()] or [""]
    points = "".join(f"\n- {formats.plain(line)}" for line in advice)
    st.error(formats.plain(first) + points, icon=":material/error:")


def empty_warehouse(*, may_import: bool) -> None:
    """There is no shipment at all in what this user may see."""
    if may_import:
        empty("No shipments yet", "Upload a CSV, Excel or Parquet file to see its emissions here.")
        st.page_link("pages/upload.py", label="Go to Upload", icon=":material/upload_file:")
    else:
        empty(
            "No shipments yet",
            "Nothing has been imported that you may see. Ask an analyst to upload shipments.",
        )


def empty_selection(options: FilterOptions) -> None:
    """The filters select nothing: say what the data cover, and offer the wider view as one click."""
    covered = f"The data run from {formats.day(options.first)} to {formats.day(options.last)}"
    reason = f"{covered}, {formats.counted(options.legs, 'leg')}; none of them fits the filters."
    only_period = not filters.narrowed()
    if only_period:
        empty("Nothing in this period", reason, "Show all time", filters.show_all_time)
    else:
        empty("Nothing fits these filters", reason, "Clear all and show all time", filters.widen)


def empty(
    title: str, reason: str, action: str | None = None, on_click: Callable[[], None] | None = None
) -> None:
    """Say why there is nothing to see, and offer the next step as one button."""
    with st.container(border=True, key="empty", horizontal_alignment="center"):
        st.markdown(f"## :material/search_off: {title}", text_alignment="center")
        st.markdown(reason, text_alignment="center")
        if action:
            st.button(action, type="primary", on_click=on_click, key="empty-action")


def _logged(what: str) -> str:
    reference = secrets.token_hex(3).upper()
    _log.exception("%s failed, reference %s", what, reference)
    return reference
