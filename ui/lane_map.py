"""The map of lanes: what it shows, how near, how many, and what a click on a lane or a place does."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from analytics.flows import FlowAnalytics, View, extent, fitting, world
from analytics.flows.projection import project
from ui import filters, formats, states
from ui.chart_card import card, titled
from ui.lane_map_figure import FLOW, Drawing, drawn
from ui.lane_map_words import alt_text, finding, said
from ui.shell import Visit

if TYPE_CHECKING:
    from analytics.flows import Flows
    from analytics.overview import FilterOptions
    from data_access import Filters

__all__ = ["show"]

LIMITS = (50, 150, 500)
_LIMIT, _VIEWS, _TURN, _LEAVING = "lane-map-limit", "lane-map-views", "lane-map-turn", "lane-map-leaving"
_PLACE = "lane-map-place"
_STYLE = Path(__file__).resolve().parent.parent / "assets" / "map" / "map.css"
_DESK_PX, _PHONE_PX = (870.0, 395.0), (330.0, 190.0)
_STEP = 2.0  # how much nearer a button comes; a click comes twice as near
_NEAR_A_PLACE = 0.5  # radii of the Earth across: 3,200 km
_MOST_LANES = 20  # that the filters take at once
_MOST_STEPS_BACK = 20
_CONFIG = {
    "displayModeBar": False,
    "scrollZoom": True,
    "doubleClick": False,
    "showTips": False,
    "showAxisDragHandles": False,
}


def show(visit: Visit, chosen: Filters, options: FilterOptions) -> None:
    """Draw the card with the map of the lanes that the filters select."""
    st.html(_STYLE)
    with card(st.container(), "Lane map"):
        _map(visit, chosen, options)


@st.fragment
def _map(visit: Visit, chosen: Filters, options: FilterOptions) -> None:
    if st.session_state.pop(_LEAVING, False):  # the filters have changed: the whole page has
        st.rerun()
    with states.boundary("The map"):
        with states.loading(480):
            flows = visit.ask(FlowAnalytics(visit.store).flows, chosen, limit=_limit())
        if flows.frame.empty:
            _nothing(flows, options)
        else:
            _draw(visit, chosen, flows)


def _nothing(flows: Flows, options: FilterOptions) -> None:
    if flows.lanes:
        titled(
            "No lane of this selection has a place on the map",
            f"{formats.counted(flows.lanes, 'lane')} with {formats.emissions(flows.lanes_kg)} came without "
            "coordinates or place names that are known. Upload origin and destination as “city, country”.",
        )
    elif flows.hub_kg > 0:
        titled(
            "No lane in this selection",
            f"All of it, {formats.emissions(flows.hub_kg)}, comes from hub operations, which go nowhere.",
        )
    else:
        states.empty_selection(options)


def _draw(visit: Visit, chosen: Filters, flows: Flows) -> None:
    whole, on_phone = extent(flows), _on_phone()
    view = _view(chosen, whole)
    titled(finding(flows), said(flows))
    drawing = visit.draw(_drawn, flows, chosen, view=view, on_phone=on_phone, limit=_limit())
    with st.container(key="lane-map-legend"):
        st.html(drawing.legend)
    _buttons(flows, view, whole)
    turn = st.session_state.get(_TURN, 0)
    name = f"lane-map-{turn}"
    with st.container(key=f"lane-map-on-{'phone' if on_phone else 'desk'}"):
        st.plotly_chart(
            drawing.figure,
            key=name,
            alt=alt_text(flows),
            config=_CONFIG,
            height="stretch",
            on_select=partial(_clicked, name, flows, view),
            selection_mode="points",
        )


def _drawn(flows: Flows, *, view: View, on_phone: bool, limit: int) -> Drawing:
    """As `drawn`; the limit stands in the cache's key, since it changes the flows."""
    width_px, height_px = _PHONE_PX if on_phone else _DESK_PX
    return drawn(flows, view=view, width_px=width_px, height_px=height_px)


def _limit() -> int:
    return int(st.session_state.get(_LIMIT) or LIMITS[1])


def _on_phone() -> bool:
    """A phone says that it is one: its map is small, so places merge sooner."""
    return "Mobile" in (st.context.headers.get("User-Agent") or "")


def _view(chosen: Filters, whole: View) -> View:
    """The present view; another selection begins with one that holds all of its lanes."""
    about, views = st.session_state.get(_VIEWS, (None, []))
    if about != chosen or not views:
        views = [whole]
    st.session_state[_VIEWS] = (chosen, views)
    return views[-1]


def _go(view: View) -> None:
    about, views = st.session_state[_VIEWS]
    if view != views[-1]:
        st.session_state[_VIEWS] = (about, [*views[-_MOST_STEPS_BACK:], view])


def _back() -> None:
    about, views = st.session_state[_VIEWS]
    st.session_state[_VIEWS] = (about, views[:-1] or views)


def _buttons(flows: Flows, view: View, whole: View) -> None:
    """What the mouse does on the map, for the keyboard too."""
    nearer, farther = _nearer(flows, view), view.zoomed(1 / _STEP)
    can_go_back = len(st.session_state[_VIEWS][1]) > 1
    with st.container(horizontal=True, key="lane-map-buttons", gap="small", vertical_alignment="center"):
        for label, icon, act, off in (
            ("Nearer", "zoom_in", partial(_go, nearer), nearer == view),
            ("Farther", "zoom_out", partial(_go, farther), farther == view),
            ("All lanes", "fit_screen", partial(_go, whole), view == whole),
            ("World", "public", partial(_go, world()), view == world()),
            ("Back", "undo", _back, not can_go_back),
        ):
            st.button(label, icon=f":material/{icon}:", key=f"lane-map-{icon}", on_click=act, disabled=off)
        places = _by_weight(flows)
        st.selectbox(
            "Go to a place",
            list(places),
            index=None,
            placeholder="Go to a place",
            key=_PLACE,
            on_change=_go_to,
            args=(places, view),
            label_visibility="collapsed",
            width=160,
        )
        if flows.drawn_lanes + flows.rest_lanes > LIMITS[0]:
            st.selectbox(
                "Lanes drawn at most",
                LIMITS,
                index=LIMITS.index(_limit()),
                key=_LIMIT,
                format_func=lambda number: f"{number} heaviest",
                label_visibility="collapsed",
                width=165,
            )


def _by_weight(flows: Flows) -> dict[str, tuple[float, float]]:
    """Places on the map and where they lie in its plane, the heaviest first."""
    places = flows.places.assign(
        kg=flows.places["hub_kg"]
        + sum(
            flows.frame.groupby(side)["wtw_kg"].sum().reindex(flows.places.index, fill_value=0.0)
            for side in ("start", "end")
        )
    ).sort_values("kg", ascending=False, kind="stable")
    at = project(places["lon"].to_numpy(), places["lat"].to_numpy()).tolist()
    return {str(name): (x, y) for name, (x, y) in zip(places["place"], at, strict=True)}


def _nearer(flows: Flows, view: View) -> View:
    """Half as wide, around the heaviest place in view: in the middle there may be nothing but sea."""
    for x, y in _by_weight(flows).values():
        if view.x0 <= x <= view.x1 and view.y0 <= y <= view.y1:
            return view.zoomed(_STEP).around(x, y)
    return view.zoomed(_STEP)


def _go_to(places: dict[str, tuple[float, float]], view: View) -> None:
    if (name := st.session_state.get(_PLACE)) in places:
        nearer = view if view.width < _NEAR_A_PLACE else view.zoomed(view.width / _NEAR_A_PLACE)
        _go(nearer.around(*places[name]))
    st.session_state[_PLACE] = None


def _clicked(name: str, flows: Flows, view: View) -> None:
    points = st.session_state[name]["selection"]["points"]
    if not points or not points[0].get("customdata"):
        return
    what, key = points[0]["customdata"][:2]
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1  # a new chart, or the click stays marked
    if what != FLOW:
        x0, x1, y0, y1 = map(float, key.split(","))
        _go(fitting(np.array([[x0, y0], [x1, y1]])).at_least(view.zoomed(2 * _STEP)))
        return
    rows = flows.frame.iloc[[int(row) for row in key.split(",")]]
    names = (formats.lane(*ends) for ends in zip(rows["origin"], rows["destination"], strict=True))
    lanes = list(dict.fromkeys(names))
    if len(lanes) > _MOST_LANES:
        st.toast(f"This line stands for {len(lanes)} lanes: the {_MOST_LANES} heaviest are shown.")
    if len(lanes) == 1:
        filters.show_lane(lanes[0])
    else:
        st.session_state[filters.LANES] = lanes[:_MOST_LANES]
    st.session_state[_LEAVING] = True
