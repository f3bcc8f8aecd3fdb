"""The Forecast page's content: controls, headline, fan, parts, the year, and the sections below."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import (
    forecast_answers,
    forecast_backtest,
    forecast_controls,
    forecast_events,
    forecast_fan,
    forecast_kpis,
    forecast_parts,
    forecast_past,
    forecast_table,
    forecast_views,
    forecast_words,
    forecast_year,
    formats,
    kpis,
    states,
)
from ui.chart_card import card, titled
from ui.chart_card import show as show_chart

if TYPE_CHECKING:
    from analytics.forecasting.results import EmissionForecast
    from data_access import Filters
    from ui.forecast_controls import Asked
    from ui.forecast_fan import Earlier
    from ui.shell import Visit

__all__ = ["show"]


@st.fragment
def show(visit: Visit, chosen: Filters) -> None:
    """Everything below the filters; another horizon or split runs this alone."""
    with states.boundary("The forecast"):
        _board(visit, chosen, forecast_controls.controls())


def _board(visit: Visit, chosen: Filters, asked: Asked) -> None:
    with states.loading(420):
        by_day = forecast_answers.by_day(visit, chosen)
        found = forecast_answers.ahead(visit, chosen, asked)
        outlook = forecast_answers.year(visit, chosen, asked)
    forecast_backtest.take_up()
    known = forecast_answers.kept(visit, chosen, by_day)
    before_kg = forecast_words.last_equal_kg(by_day, asked.horizon_days)
    target = forecast_year.target_of(visit, chosen, outlook)
    _headline(
        [
            forecast_kpis.ahead(found),
            forecast_kpis.per_day(found, before_kg),
            forecast_kpis.year_end(outlook, target),
            forecast_kpis.band_held(known.backtest, found.horizon_days),
        ]
    )
    with card(st, "The forecast"):
        earlier = forecast_answers.earlier_than(known, found.history_end)
        finding = forecast_words.fan_finding(found, before_kg)
        made = formats.plain(forecast_words.made_from(found))
        titled(finding, made, forecast_fan.legend(found.grain, earlier))
        _fan(visit, chosen, found, asked, earlier)
        for sentence in forecast_backtest.misses(known.backtest):
            st.markdown(f":material/warning: {formats.plain(sentence)}")
        forecast_events.show()
    forecast_parts.show(visit, chosen, found, asked)
    if outlook is not None:
        with card(st, "The year"):
            forecast_year.show(visit, chosen, outlook, asked, target)
    _sections(visit, chosen, found, by_day, asked)


def _headline(cards: list[forecast_kpis.Card]) -> None:
    with st.container(key="counts"):
        for one in cards:
            with st.container(key=f"kpi-{one.figure}"):
                kpis.metric(one.label, one.value, one.change, one.sense, one.against)
                st.caption(formats.plain(one.note))


def _fan(
    visit: Visit, chosen: Filters, found: EmissionForecast, asked: Asked, earlier: Earlier | None
) -> None:
    show_chart(
        visit.draw(forecast_fan.fan, found, chosen, asked=asked, earlier=earlier),  # type: ignore[arg-type]
        key="forecast-fan",
        alt="Fan chart: emissions so far, the forecast's mean and its 50, 80 and 95 % ranges",
    )
    if found.notes:
        st.caption(formats.plain(" ".join(found.notes)))


@st.fragment
def _sections(
    visit: Visit, chosen: Filters, found: EmissionForecast, by_day: EmissionForecast, asked: Asked
) -> None:
    """Another section runs this part alone."""
    with card(st, "Sections"):
        section = forecast_views.section()
        with states.boundary(section):
            if section == forecast_views.TABLE:
                forecast_table.show(found, asked)
                return
            known = forecast_answers.kept(visit, chosen, by_day)
            if section == forecast_views.TEST:
                forecast_backtest.show(visit, chosen, by_day, known.backtest)
            else:
                forecast_past.show(by_day, known.before)
