"""The forecast tested on the past of the data shown: run on demand beside the page, then kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

import access
from analytics.forecasting import TooShort
from data_access.errors import StoreError
from ui import forecast_answers, forecast_words, formats, states, tables
from ui.chart_card import titled
from ui.job import Job

if TYPE_CHECKING:
    import pandas as pd

    from analytics.forecasting.results import Backtest, EmissionForecast
    from data_access import Filters, Scope, Store
    from ui.shell import Visit

__all__ = ["SHOWN", "BacktestJob", "finding", "misses", "rows_of", "running", "show", "take_up"]

_JOB = "forecast-backtest"
_OFF = 0.05
SHOWN = [
    "method_name", "horizon_days", "wape", "mase", "bias_share", "coverage_80", "coverage_95", "width_80_kg",
    "origins",
]  # fmt: skip


class BacktestJob(Job["Backtest"]):
    """Forecasts from days gone by, compared with what came; kept with the run."""

    what = "The test"
    expected = (TooShort, StoreError)

    def __init__(self, store: Store, scope: Scope, chosen: Filters, found: EmissionForecast) -> None:
        super().__init__("Reading the history")
        self.chosen = chosen
        self.taken_up = False
        self._store, self._scope = store, scope
        self._found = found

    def work(self) -> Backtest:
        from analytics import PredictiveAnalytics
        from analytics.forecasting import runs

        done = PredictiveAnalytics(self._store).backtest(self.chosen, self._scope, report=self.report)
        runs.keep(access.database(), self._store, self.chosen, self._scope, self._found, done)
        return done


def running() -> bool:
    job: BacktestJob | None = st.session_state.get(_JOB)
    return job is not None and job.running


def take_up() -> None:
    """Have the kept runs read anew once a test has ended; before they are asked for."""
    job: BacktestJob | None = st.session_state.get(_JOB)
    if job is not None and not job.running and not job.taken_up:
        job.taken_up = True
        forecast_answers.forget()


def show(visit: Visit, chosen: Filters, found: EmissionForecast, backtest: Backtest | None) -> None:
    """The panel: what the last test said, and a button for a new one.

    `found` is the forecast of the total by day, without events, which the test is kept with.
    """
    job: BacktestJob | None = st.session_state.get(_JOB)
    if job is not None and job.running:
        _progress()
        return
    if job is not None and job.problem and job.chosen == chosen:
        states.refused(job.problem)
    if backtest is None:
        titled(
            "Not tested on these data yet",
            "The test forecasts from many days in the past, as if what came after were not known, and "
            "compares with what came: 1, 7, 14 and 30 days ahead.",
        )
    else:
        titled(
            finding(backtest),
            f"Forecasts from {formats.counted(backtest.origins, 'day')} in the past against what came; "
            f"tested {formats.day(backtest.made_at)}.",
        )
        st.markdown("\n".join(f"- {formats.plain(verdict)}" for verdict in backtest.verdicts))
        rows = rows_of(backtest)
        tables.show(rows, SHOWN, key="backtest-rows", alt="Error and coverage by method and days ahead")
        st.caption(
            "WAPE: sum of errors ÷ sum of emissions. MASE: errors ÷ those of taking the same weekday before; "
            "below 1 is better. Bias: above 0 is forecast too high. Held: share of days inside of the range."
        )
    with st.container(horizontal=True):
        st.button(
            "Test on past data" if backtest is None else "Test again",
            key="backtest-start",
            type="primary" if backtest is None else "secondary",
            icon=":material/history:",
            on_click=_start,
            args=(visit, chosen, found),
        )
        if backtest is not None:
            tables.download(backtest.frame, "forecast-test.csv", key="download-backtest")


def finding(backtest: Backtest) -> str:
    """How the forecast did at the longest horizon, beside the better of the two simple methods."""
    frame = backtest.frame
    longest = int(frame["horizon_days"].max())
    at = frame[frame["horizon_days"] == longest].set_index("method")
    mine = float(at.loc["forecast", "wape"])
    others = at.drop(index="forecast")["wape"].dropna()
    days = formats.counted(longest, "day")
    said = f"Up to {days} ahead, the forecast was {formats.percent(mine)} off"
    if others.empty:
        return said
    best = str(others.idxmin())
    name = forecast_words.METHODS.get(best, best)
    name = name[0].lower() + name[1:]
    return f"{said}; the best simple method ({name}) {formats.percent(float(others.min()))}"


def misses(backtest: Backtest | None) -> tuple[str, ...]:
    """Sentences on the bands that held by more than 5 points more or less often than they say."""
    if backtest is None:
        return ()
    mine = backtest.frame[backtest.frame["method"] == "forecast"]
    row = mine.loc[mine["horizon_days"].idxmax()]
    off = [level for level in (80, 95) if abs(row[f"coverage_{level}"] - level / 100) > _OFF]
    return tuple(
        verdict
        for verdict in backtest.verdicts
        if any(verdict.startswith(f"The {level} % band") for level in off)
    )


def rows_of(backtest: Backtest) -> pd.DataFrame:
    """The frame with its methods in words, by horizon."""
    frame = backtest.frame
    order = {method: at for at, method in enumerate(forecast_words.METHODS)}
    found = frame.assign(
        method_name=frame["method"].map(forecast_words.METHODS).fillna(frame["method"]),
        order=frame["method"].map(order),
    )
    return found.sort_values(["horizon_days", "order"], ignore_index=True).drop(columns="order")


def _start(visit: Visit, chosen: Filters, found: EmissionForecast) -> None:
    st.session_state[_JOB] = BacktestJob(visit.store, visit.scope, chosen, found).start()


@st.fragment(run_every=1.0)
def _progress() -> None:
    job: BacktestJob = st.session_state[_JOB]
    if not job.running:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", key="backtest-progress"):
        st.progress(job.fraction, text=f"**Testing** – {formats.plain(job.text)}")
        label = "Stopping …" if job.cancelling else "Cancel"
        st.button(label, key="backtest-cancel", on_click=job.cancel, disabled=job.cancelling)
