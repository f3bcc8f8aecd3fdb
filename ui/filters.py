"""The filter bar: what the sidebar asks, what the URL carries, and the chips that show and remove it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import streamlit as st

from data_access import Filters
from ui import formats, periods
from ui.countries import country_label
from ui.theme import mode_label

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from analytics.overview import FilterOptions

__all__ = [
    "Chip",
    "add",
    "bar",
    "chips",
    "clear_all",
    "link",
    "narrowed",
    "only_flagged",
    "show_all_time",
    "show_days",
    "show_lane",
    "widen",
]

PERIOD, DATES, FLAGGED, LANES = "period", "dates", "flagged", "lanes"
DAYS, LANE = "days", "lane"  # the URL's names for dates and lanes
_WRITTEN, _LANES_WRITTEN = "days_in_url", "lanes_in_url"
_MOST_LANES = 20
_CHIPS_A_FIELD = 4
_NOTE = "filters_ignored"


@dataclass(frozen=True)
class Choice:
    """One multiple choice of the bar: its URL name, the field of `Filters`, and its words."""

    key: str
    field: str
    label: str
    everything: str
    chip: str


CHOICES = (
    Choice("supplier", "suppliers", "Suppliers", "All suppliers", "Supplier"),
    Choice("mode", "modes", "Modes", "All modes", "Mode"),
    Choice("from", "origin_countries", "Origin countries", "All origins", "From"),
    Choice("to", "destination_countries", "Destination countries", "All destinations", "To"),
    Choice("product", "product_groups", "Product groups", "All products", "Product"),
)


_WORDS: dict[str, Callable[[str], str]] = {
    "modes": mode_label,
    "origin_countries": country_label,
    "destination_countries": country_label,
}


@dataclass(frozen=True)
class Chip:
    """One active filter in words; `values` are what its removal takes out of `key`."""

    key: str
    text: str
    values: tuple[str, ...] = ()


def bar(sidebar: DeltaGenerator, options: FilterOptions, *, with_period: bool = True) -> Filters:
    """Draw the filters in the sidebar and return what they say; a page with a window needs no period.

    A value in the URL or in the session that no longer exists, such as the supplier of an undone import, is
    left out and named in a note above the content.
    """
    labels = {choice.key: choice_labels(choice, options) for choice in CHOICES}
    _note_what_is_gone(labels)
    with sidebar:
        start, end = _period() if with_period else (None, None)
        chosen = {choice.field: tuple(_multiselect(choice, labels[choice.key])) for choice in CHOICES}
        flagged = st.toggle(
            "Flagged only",
            key=FLAGGED,
            help="Only legs with an anomaly that is open or confirmed.",
            bind="query-params",
            persist_state="session",
        )
    return Filters(start=start, end=end, anomalies_only=flagged, lanes=_lanes(), **chosen)  # type: ignore[arg-type]


def choice_labels(choice: Choice, options: FilterOptions) -> dict[str, str]:
    """Value to label, sorted by label. Labels stand in the URL, so two suppliers never share one."""
    if choice.field == "suppliers":
        names = options.suppliers
        times = list(names.values())
        found = {key: name if times.count(name) == 1 else f"{name} ({key})" for key, name in names.items()}
    else:
        write: Callable[[str], str] = _WORDS.get(choice.field, str)
        found = {value: write(value) for value in getattr(options, choice.field) if value}
    return dict(sorted(found.items(), key=lambda pair: pair[1].casefold()))


def active_chips(state: dict[str, Any], labels: dict[str, dict[str, str]]) -> list[Chip]:
    """Return what narrows the view, in the bar's order; many values of one field share a last chip."""
    found = []
    if state.get(PERIOD, periods.DEFAULT) != periods.DEFAULT:
        found.append(Chip(PERIOD, _period_text(state[PERIOD], state.get(DATES, ()))))
    for choice in CHOICES:
        values = [value for value in state.get(choice.key) or () if value in labels[choice.key]]
        shown = values if len(values) <= _CHIPS_A_FIELD else values[: _CHIPS_A_FIELD - 1]
        rest = values[len(shown) :]
        found += [
            Chip(choice.key, f"{choice.chip}: {labels[choice.key][value]}", (value,)) for value in shown
        ]
        if rest:
            found.append(Chip(choice.key, f"+{len(rest)} {choice.label.lower()}", tuple(rest)))
    found += [Chip(LANES, f"Lane: {lane}", (lane,)) for lane in state.get(LANES) or ()]
    if state.get(FLAGGED):
        found.append(Chip(FLAGGED, "Flagged only"))
    return found


def chips(filters: Filters, options: FilterOptions, *, with_period: bool = True) -> None:
    """Show the period in dates, and every active filter as a button that removes it."""
    labels = {choice.key: choice_labels(choice, options) for choice in CHOICES}
    keys = (*((PERIOD, DATES) if with_period else ()), FLAGGED, LANES, *(choice.key for choice in CHOICES))
    active = active_chips({key: st.session_state.get(key) for key in keys if key in st.session_state}, labels)
    with st.container(horizontal=True, key="chips", gap="small", vertical_alignment="center"):
        if with_period and st.session_state.get(PERIOD) != periods.CUSTOM:
            shown = formats.period(filters.start or options.first, filters.end)
            st.markdown(f":material/calendar_month: {shown}", width="content")
        for chip in active:
            st.button(
                formats.plain(chip.text),
                key=f"chip-{chip.key}-{'-'.join(chip.values)}",
                icon=":material/close:",
                icon_position="right",
                on_click=_remove,
                args=(chip,),
            )
        if active:
            st.button("Clear all", key="clear-filters", type="tertiary", on_click=clear_all)
    if gone := st.session_state.get(_NOTE):
        st.info(
            f"Left out of the filters, because it is not in the data: {formats.plain(gone)}.",
            icon=":material/info:",
        )


def add(key: str, value: str) -> None:
    """Narrow the view to one value, from a click on a chart; for callbacks, which run before the widgets."""
    st.session_state[key] = [value]


def show_lane(lane: str) -> None:
    """Narrow the view to one lane, "Hamburg, DE → Lyon, FR", from a click; one without a name stays out."""
    if lane:
        st.session_state[LANES] = [lane]


def show_days(first: date, grain: str) -> None:
    """Narrow the view to the day, week or month that begins with `first`, from a click on a chart."""
    st.session_state[PERIOD] = periods.CUSTOM
    st.session_state[DATES] = (first, periods.last_day(first, grain))


def only_flagged(chosen: bool) -> None:
    """Show the flagged legs alone, or all again."""
    st.session_state[FLAGGED] = chosen


def show_all_time() -> None:
    st.session_state[PERIOD] = periods.ALL_TIME


def clear_all() -> None:
    """Put every filter back to what a first visit shows."""
    st.session_state[PERIOD] = periods.DEFAULT
    st.session_state[FLAGGED] = False
    for key in (LANES, *(choice.key for choice in CHOICES)):
        st.session_state[key] = []
    st.session_state.pop(_NOTE, None)


def widen() -> None:
    """Show everything there is."""
    clear_all()
    show_all_time()


def narrowed() -> bool:
    """Whether anything but the period narrows the view."""
    keys = (FLAGGED, LANES, *(choice.key for choice in CHOICES))
    return any(st.session_state.get(key) for key in keys)


def link(first: date, last: date) -> dict[str, str | list[str]]:
    """Query parameters of a view over some days, for a way from another page.

    They leave alone what the session holds from before: `clear_all` first.
    """
    return {PERIOD: periods.CUSTOM, DAYS: [first.isoformat(), last.isoformat()]}


def _period() -> tuple[date | None, date | None]:
    preset = st.selectbox("Period", periods.PRESETS, key=PERIOD, bind="query-params", persist_state="session")
    chosen: tuple[date, ...] = ()
    if preset == periods.CUSTOM:
        _dates_from_url()
        nothing_yet: Any = ()
        chosen = st.date_input(
            "First and last day",
            value=nothing_yet,
            min_value=periods.EARLIEST,
            max_value=periods.LATEST,
            key=DATES,
            format="YYYY-MM-DD",
            help="Departure days in UTC, both included. Empty: all time.",
            persist_state="session",
        )
    _dates_to_url(chosen)
    return periods.span(preset or periods.DEFAULT, periods.today_utc(), chosen)


def _dates_from_url() -> None:
    """Take the dates of a link. The date input has no binding of its own: one that appears with a value set
    by a click would leave it out of the URL.
    """
    in_url = tuple(st.query_params.get_all(DAYS))
    if in_url and in_url != st.session_state.get(_WRITTEN):
        st.session_state[DATES] = periods.parsed(in_url)


def _dates_to_url(chosen: tuple[date, ...]) -> None:
    wanted = tuple(one.isoformat() for one in chosen)
    if wanted != tuple(st.query_params.get_all(DAYS)):
        if wanted:
            st.query_params[DAYS] = wanted
        else:
            st.query_params.pop(DAYS, None)
    st.session_state[_WRITTEN] = wanted


def _lanes() -> tuple[str, ...]:
    """The lanes of a click or a link. They have no widget: there may be thousands to choose from."""
    in_url = tuple(st.query_params.get_all(LANE))[:_MOST_LANES]
    if in_url and in_url != st.session_state.get(_LANES_WRITTEN):
        st.session_state[LANES] = list(in_url)
    chosen = tuple(st.session_state.get(LANES) or ())
    if chosen != in_url:
        if chosen:
            st.query_params[LANE] = chosen
        else:
            st.query_params.pop(LANE, None)
    st.session_state[_LANES_WRITTEN] = chosen
    return chosen


def _multiselect(choice: Choice, labels: dict[str, str]) -> list[str]:
    return st.multiselect(
        choice.label,
        list(labels),
        format_func=lambda value: labels.get(value, str(value)),
        key=choice.key,
        placeholder=choice.everything if labels else "None in the data",
        select_all=False,
        bind="query-params",
        persist_state="session",
    )


def _note_what_is_gone(labels: dict[str, dict[str, str]]) -> None:
    gone = []
    for choice in CHOICES:
        known = labels[choice.key]
        gone += [text for text in st.query_params.get_all(choice.key) if text and text not in known.values()]
        gone += [str(value) for value in st.session_state.get(choice.key) or () if value not in known]
    asked = st.query_params.get(PERIOD)
    if asked and asked not in periods.PRESETS:
        gone.append(asked)
    if gone:
        st.session_state[_NOTE] = ", ".join(dict.fromkeys(text[:60] for text in gone[:5]))


def _remove(chip: Chip) -> None:
    st.session_state.pop(_NOTE, None)
    if chip.key == PERIOD:
        st.session_state[PERIOD] = periods.DEFAULT
    elif chip.key == FLAGGED:
        st.session_state[FLAGGED] = False
    else:
        st.session_state[chip.key] = [v for v in st.session_state.get(chip.key, []) if v not in chip.values]


def _period_text(preset: str, dates: Any) -> str:
    if preset != periods.CUSTOM or not dates:
        return preset
    first, last = formats.day(min(dates)), formats.day(max(dates))
    return first if first == last else f"{first} – {last}"
