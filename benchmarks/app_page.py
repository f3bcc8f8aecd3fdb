"""A page of the app in this process, as it opens to an administrator: its first view, and the view again."""

from __future__ import annotations

import os
import statistics
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from benchmarks.report import Limit, Row
from benchmarks.servers import ROOT
from benchmarks.stopwatch import median_ms, seconds

__all__ = ["COLD_RUNS", "RERUNS", "page_times"]

COLD_RUNS, RERUNS = 3, 7
TIMEOUT_S = 180


def page_times(
    page: str, url: str, name: tuple[str, str], *, metrics: int, limits_ms: tuple[float, float] | None
) -> Iterator[Row]:
    """Two rows: the whole of AppTest.run for a page of `pages/` over all time, first and again; medians.

    `metrics`: how many figures it shows at least; one that shows an error is fast, and no measurement.
    """
    first: list[float] = []
    for run in range(COLD_RUNS + 1):
        with _opened(page, url) as test:
            took_ms = seconds(lambda test=test: _run(test, metrics)) * 1000  # type: ignore[misc]
            if run:  # the very first run of a process loads templates and compiles SQL
                first.append(took_ms)
            if run == COLD_RUNS:
                again = median_ms(lambda test=test: _run(test, metrics), RERUNS)  # type: ignore[misc]
    cold = statistics.median(first)
    first_limit, again_limit = limits_ms or (None, None)
    yield (*name, "first view", cold), first_limit and Limit(cold, first_limit, "ms")
    yield (*name, "the view again", again), again_limit and Limit(again, again_limit, "ms")


@contextmanager
def _opened(page: str, url: str) -> Iterator[Any]:
    """The page before its first run, with no answer, figure, model or run kept from before."""
    from streamlit.testing.v1 import AppTest

    import access
    from access import Role, User
    from data_access.app_database import AppDatabase
    from data_access.opened import close_warehouse

    user = User("benchmark", "benchmark@example.com", "Benchmark", Role.ADMINISTRATOR)
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="scca-page-"))
        app = stack.enter_context(AppDatabase.open(f"sqlite:///{folder}/app.sqlite"))
        stack.enter_context(patch.dict(os.environ, {"DATABASE_URL": url}))
        stack.enter_context(patch.object(access, "user_of", lambda _token: user))
        stack.enter_context(patch.object(access, "database", lambda: app))
        _forget()
        close_warehouse()
        try:
            test = AppTest.from_file(str(ROOT / "pages" / page), default_timeout=TIMEOUT_S)
            test.query_params["period"] = "All time"
            yield test
        finally:
            _forget()
            close_warehouse()


def _run(test: Any, metrics: int) -> None:
    test.run()
    if test.exception or test.error or len(test.metric) < metrics:
        raise RuntimeError(f"The page did not show its figures: {[one.value for one in test.error]}")


def _forget() -> None:
    import streamlit as st

    st.cache_data.clear()
    st.cache_resource.clear()
