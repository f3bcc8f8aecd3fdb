"""Adding a lever: which kind, and then only what these data show to be possible, with days and cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui import acts, formats, scenario_draft
from ui import scenario_choices as choices
from ui.scenario_levers import LEAST_GROWTH_PCT, MOST_GROWTH_PCT
from ui.theme import mode_label

if TYPE_CHECKING:
    from analytics.scenarios import Options

__all__ = ["KINDS", "show"]

KINDS = {
    "shift_mode": "Shift to another mode",
    "join_loads": "Join loads",
    "change_vehicle": "Change the vehicle class",
    "switch_fuel": "Switch the fuel",
    "move_volume": "Move volume to another supplier",
    "growth": "Growth",
}
_KIND = "lever-new-kind"
_ANY_CLASS = "whatever class they run in now"
Names = Mapping[str, str]


def show(options: Options, names: Names, *, first: bool) -> None:
    """The form below the levers; what cannot be chosen says why."""
    with st.container(border=True, key="lever-new"):
        st.markdown("**Add the first lever**" if first else "**Add a lever**")
        kind = st.selectbox(
            "What to change",
            list(KINDS),
            format_func=lambda one: KINDS[one],
            key=_KIND,
        )
        values = _FORMS[kind](options, names)
        if values is None:
            return
        st.button(
            "Add this lever",
            key="lever-add",
            type="primary",
            icon=":material/add:",
            on_click=_add,
            args=(kind, values),
        )


def _add(kind: str, values: dict[str, Any]) -> None:
    from analytics.scenarios import ScenarioRefused, lever_from_dict
    from analytics.scenarios.levers import MOST_LEVERS

    if len(scenario_draft.current().cards) >= MOST_LEVERS:
        acts.refused(f"A scenario has at most {MOST_LEVERS} levers: remove one first.")
        return
    try:
        scenario_draft.add(lever_from_dict({"kind": kind, **values}))
    except ScenarioRefused as error:
        acts.refused(str(error))


def _shift(options: Options, _names: Names) -> dict[str, Any] | None:
    rows = options.shifts
    if rows.empty:
        return _none("No lane of this selection has another mode that already runs there.")
    left, right = st.columns(2)
    from_mode = _mode(left, "From", list(dict.fromkeys(rows["from_mode"])), "lever-shift-from")
    there = rows[rows["from_mode"] == from_mode]
    targets = list(dict.fromkeys(there["to_mode"]))
    to_mode = _mode(right, "To", targets, f"lever-shift-to-{from_mode}")
    possible = there[there["to_mode"] == to_mode]
    clear = possible[possible["clear"]]
    labels = choices.shift_lanes(possible)
    lanes = _lanes(
        labels, f"Every lane where it clearly saves ({len(clear)})", f"shift-{from_mode}-{to_mode}"
    )
    limit = st.number_input(
        "Days longer at most",
        min_value=0,
        max_value=90,
        value=None,
        step=1,
        placeholder="No limit",
        key="lever-shift-days",
        help="Chains that would take longer, or whose time is not known, stay as they are.",
    )
    taken = possible[possible["lane"].isin(lanes)] if lanes else clear
    if limit is not None:
        taken = taken[taken["extra_days"] <= limit]
    st.caption(formats.plain(choices.shift_words(taken)))
    share = _share("shift")
    return {
        "from_mode": from_mode,
        "to_mode": to_mode,
        "lanes": lanes,
        "share": share,
        "max_extra_days": None if limit is None else float(limit),
    }


def _join(options: Options, names: Names) -> dict[str, Any] | None:
    rows = options.joins
    if rows.empty:
        return _none("No loads of this selection leave close enough to each other to go as one.")
    suppliers = _suppliers(list(dict.fromkeys(rows["supplier_id"])), names, "join")
    mine = rows[rows["supplier_id"].isin(suppliers)] if suppliers else rows
    labels = choices.join_lanes(mine)
    lanes = _lanes(labels, f"Every lane with loads to join ({len(labels)})", "join")
    taken = mine[mine["lane"].isin(lanes)] if lanes else mine
    st.caption(formats.plain(choices.join_words(taken)))
    return {"suppliers": suppliers, "lanes": lanes, "share": _share("join")}


def _vehicle(options: Options, names: Names) -> dict[str, Any] | None:
    rows = options.classes[options.classes["mode"] != "air"]
    used = rows[rows["tonne_km"] > 0]
    several = rows["mode"].map(rows["mode"].value_counts()) > 1
    modes = [one for one in dict.fromkeys(used["mode"]) if one in set(rows.loc[several, "mode"])]
    if not modes:
        return _none("The factor table knows one class only for each mode of this selection.")
    mode = _mode(st, "Mode", modes, "lever-class-mode")
    of_mode = rows[rows["mode"] == mode]
    labels = choices.classes(of_mode)
    now = [one for one in labels if one in set(used.loc[used["mode"] == mode, "vehicle_class"])]
    from_class = st.selectbox(
        "Legs that run in",
        [None, *now],
        format_func=lambda one: labels[one] if one else _ANY_CLASS,
        key=f"lever-class-from-{mode}",
    )
    others = [one for one in labels if one != from_class]
    to_class = st.selectbox(
        "Run in instead",
        others,
        format_func=lambda one: labels[one],
        key=f"lever-class-to-{mode}-{from_class}",
    )
    suppliers = _suppliers(list(options.suppliers["supplier_id"]), names, "class")
    cost = _cost("class")
    share = _share("class")
    return {
        "mode": mode,
        "from_class": from_class,
        "to_class": to_class,
        "suppliers": suppliers,
        "share": share,
        **cost,
    }


def _fuel(options: Options, names: Names) -> dict[str, Any] | None:
    offered = choices.fuels(options)
    if not offered:
        return _none("No mode of this selection has another fuel to choose.")
    left, right = st.columns(2)
    mode = _mode(left, "Mode", list(offered), "lever-fuel-mode")
    given = offered[mode]
    at = right.selectbox(
        "Fuel",
        range(len(given)),
        format_func=lambda one: given[one].title,
        key=f"lever-fuel-{mode}",
    )
    fuel = given[at]
    values: dict[str, Any] = {"mode": mode, "fuel": fuel.fuel}
    reduction = st.number_input(
        "Reduction, well-to-wheel, %",
        min_value=-100.0,
        max_value=100.0,
        value=fuel.reduction_pct,
        step=1.0,
        format="%.1f",
        placeholder="From the factor table" if fuel.from_table else "From the fuel's certificate",
        key=f"lever-fuel-reduction-{mode}-{at}",
        help="Against what these legs emit now, from well to wheel.",
    )
    st.caption(formats.plain(choices.fuel_note(fuel)))
    if reduction is not None:
        values["reduction_pct"] = float(reduction)
    suppliers = _suppliers(list(options.suppliers["supplier_id"]), names, "fuel")
    cost = _cost("fuel")
    values |= {"suppliers": suppliers, "share": _share("fuel"), **cost}
    if reduction is None and not fuel.from_table:
        st.caption("Give the reduction first: the factor table has none for this fuel.")
        return None
    return values


def _volume(options: Options, names: Names) -> dict[str, Any] | None:
    rows = options.moves
    if rows.empty:
        return _none("No two suppliers of this selection carry freight on the same lane.")
    known = {**dict(zip(rows["from_supplier"], rows["from_name"], strict=True)), **names}
    from_supplier = st.selectbox(
        "From",
        list(dict.fromkeys(rows["from_supplier"])),
        format_func=lambda one: known.get(one, one),
        key="lever-volume-from",
    )
    mine = rows[rows["from_supplier"] == from_supplier]
    labels = choices.moves(mine)
    to_supplier = st.selectbox(
        "To",
        list(labels),
        format_func=lambda one: labels[one],
        key=f"lever-volume-to-{from_supplier}",
        help="Suppliers that carry freight on the same lanes already; what moving all of it would save.",
    )
    return {"from_supplier": from_supplier, "to_supplier": to_supplier, "share": _share("volume")}


def _growth(options: Options, _names: Names) -> dict[str, Any] | None:
    modes = st.multiselect(
        "Main modes",
        list(options.modes["mode"]),
        format_func=mode_label,
        placeholder="All modes",
        key="lever-growth-modes",
        select_all=False,
    )
    pct = st.slider(
        "Growth",
        min_value=LEAST_GROWTH_PCT,
        max_value=MOST_GROWTH_PCT,
        value=5,
        format="%d %%",
        key="lever-growth-pct",
        help="More freight of the same kind; below 0 less.",
    )
    return {"modes": list(modes), "pct": float(pct)}


_FORMS: dict[str, Callable[[Options, Names], dict[str, Any] | None]] = {
    "shift_mode": _shift,
    "join_loads": _join,
    "change_vehicle": _vehicle,
    "switch_fuel": _fuel,
    "move_volume": _volume,
    "growth": _growth,
}


def _none(reason: str) -> None:
    st.info(f"{reason} Choose another lever, or widen the filters.", icon=":material/info:")


def _mode(place: Any, label: str, modes: list[str], key: str) -> str:
    return str(place.selectbox(label, modes, format_func=mode_label, key=key))


def _lanes(labels: Mapping[str, str], everything: str, key: str) -> list[str]:
    return st.multiselect(
        "Lanes",
        list(labels),
        format_func=lambda one: labels.get(one, one),
        placeholder=everything,
        key=f"lever-lanes-{key}",
        select_all=False,
    )


def _suppliers(ids: list[str], names: Names, key: str) -> list[str]:
    return st.multiselect(
        "Suppliers",
        ids,
        format_func=lambda one: names.get(one, one),
        placeholder="All suppliers",
        key=f"lever-suppliers-{key}",
        select_all=False,
    )


def _share(key: str) -> float:
    pct = st.slider(
        "Share that changes",
        min_value=0,
        max_value=100,
        value=100,
        format="%d %%",
        key=f"lever-new-share-{key}",
    )
    return round(pct / 100, 4)


def _cost(key: str) -> dict[str, Any]:
    """What it costs more, where the user knows; without it the cost counts as not known."""
    left, right = st.columns([2, 1])
    cost = left.number_input(
        "Extra cost per tonne-km",
        value=None,
        step=0.001,
        format="%.4f",
        placeholder="Not known",
        key=f"lever-cost-{key}",
    )
    currency = right.text_input("Currency", max_chars=3, placeholder="EUR", key=f"lever-currency-{key}")
    if cost is None:
        return {}
    return {"extra_cost_per_tkm": float(cost), "currency": currency.strip().upper() or "EUR"}
