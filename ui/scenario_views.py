"""Which section of the Scenarios page is open, and which saved scenario the URL names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import streamlit as st

from data_access import Filters
from ui import filters, periods

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.overview import FilterOptions

__all__ = [
    "BUILD",
    "COMPARE",
    "PARAMETER",
    "SECTIONS",
    "TARGETS",
    "asked",
    "filters_in_url",
    "filters_of",
    "link",
    "query_now",
    "section",
    "show_selection",
    "write_url",
]

BUILD, COMPARE, TARGETS = "Build", "Compare", "Targets"
SECTIONS = (BUILD, COMPARE, TARGETS)
PARAMETER = "scenario"  # /scenarios?scenario=<id>
_SECTION, _SEEN, _NAMED = "plan", "scenario-in-url", "scenario-id-named"
_WIDGETS = (filters.PERIOD, *(choice.key for choice in filters.CHOICES), filters.FLAGGED)
_FIELDS = (*_WIDGETS, filters.DAYS, filters.LANE)


def section() -> str:
    """Draw the choice of a section; it stands in the URL."""
    return str(
        st.segmented_control(
            "What to plan", SECTIONS, default=BUILD, required=True, key=_SECTION, bind="query-params"
        )
    )


def asked() -> str | None:
    """The scenario that a link names, once for each link."""
    named = st.query_params.get(PARAMETER) or None
    if named == st.session_state.get(_SEEN):
        return None
    st.session_state[_SEEN] = named
    return named


def filters_in_url() -> bool:
    """Whether the link names filters of its own: then these hold, not the ones that were saved."""
    return any(name in st.query_params for name in _FIELDS)


def write_url(scenario_id: str | None) -> None:
    """Name the open scenario in the URL, so that a reload opens it again."""
    if scenario_id != (st.query_params.get(PARAMETER) or None):
        if scenario_id:
            st.query_params[PARAMETER] = scenario_id
        else:
            st.query_params.pop(PARAMETER, None)
    st.session_state[_SEEN] = scenario_id


def link(scenario_id: str) -> str:
    """The address to hand on; it opens for whoever has the rights to it."""
    here = urlsplit(st.context.url or "")
    base = f"{here.scheme}://{here.netloc}" if here.netloc else ""
    return f"{base}/scenarios?{urlencode({PARAMETER: scenario_id})}"


def query_now(options: FilterOptions) -> str:
    """The filters as they stand in the URL: what a saved scenario is opened with."""
    state = st.session_state
    found: list[tuple[str, str]] = []
    preset = state.get(filters.PERIOD, periods.DEFAULT)
    if preset != periods.DEFAULT:
        found.append((filters.PERIOD, preset))
    if preset == periods.CUSTOM:
        found += [(filters.DAYS, one.isoformat()) for one in state.get(filters.DATES) or ()]
    for choice in filters.CHOICES:
        labels = filters.choice_labels(choice, options)
        found += [(choice.key, labels[one]) for one in state.get(choice.key) or () if one in labels]
    if state.get(filters.FLAGGED):
        found.append((filters.FLAGGED, "true"))
    found += [(filters.LANE, lane) for lane in state.get(filters.LANES) or ()]
    return urlencode(found)


def show_selection(query: str, options: FilterOptions) -> None:
    """Set the filters to what a scenario was saved with; before they are drawn.

    A value that is no longer in the data is left out: the base sentence says what is shown.
    """
    saved = parse_qs(query)
    filters.clear_all()
    preset = saved.get(filters.PERIOD, [periods.DEFAULT])[0]
    if preset in periods.PRESETS:
        st.session_state[filters.PERIOD] = preset
    if days := periods.parsed(tuple(saved.get(filters.DAYS, ()))):
        st.session_state[filters.DATES] = days
        st.query_params.pop(filters.DAYS, None)
    for choice in filters.CHOICES:
        by_label = {label: value for value, label in filters.choice_labels(choice, options).items()}
        st.session_state[choice.key] = [by_label[one] for one in saved.get(choice.key, ()) if one in by_label]
    st.session_state[filters.FLAGGED] = _flagged(saved)
    st.query_params.pop(filters.LANE, None)
    st.session_state[filters.LANES] = saved.get(filters.LANE, [])


def filters_of(query: str, options: FilterOptions) -> Filters:
    """The selection that a saved query means today; what is no longer in the data is left out."""
    saved = parse_qs(query)
    preset = saved.get(filters.PERIOD, [periods.DEFAULT])[0]
    days = periods.parsed(tuple(saved.get(filters.DAYS, ())))
    start, end = periods.span(preset, periods.today_utc(), days)
    chosen: dict[str, Any] = {}
    for choice in filters.CHOICES:
        by_label = {label: value for value, label in filters.choice_labels(choice, options).items()}
        chosen[choice.field] = tuple(by_label[one] for one in saved.get(choice.key, ()) if one in by_label)
    return Filters(
        start=start,  # type: ignore[arg-type]
        end=end,  # type: ignore[arg-type]
        anomalies_only=_flagged(saved),
        lanes=tuple(saved.get(filters.LANE, ())),
        **chosen,
    )


def _flagged(saved: Mapping[str, list[str]]) -> bool:
    return saved.get(filters.FLAGGED, ["false"])[0].lower() == "true"
