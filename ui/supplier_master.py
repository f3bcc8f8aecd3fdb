"""Supplier data on screen: what is known about each supplier, a form to change it, changes from a file."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import streamlit as st

import access
from access import Permission
from data_access.errors import StoreError
from ingestion import supplier_data
from ingestion.errors import IngestionError
from ingestion.places.gazetteer import gazetteer
from ingestion.supplier_data import stored
from ui import formats, states, supplier_master_import, tables
from ui.chart_card import card
from ui.countries import country_label
from ui.shell import current_user
from ui.supplier_master_words import LABELS, changed

if TYPE_CHECKING:
    import pandas as pd

    from ingestion.supplier_data import Value
    from ui.shell import Visit

__all__ = ["COLUMNS", "country_codes", "different", "frame", "show"]

COLUMNS = [
    "name",
    "supplier_id",
    "country",
    "sector",
    "tier",
    "target_pct",
    "target_base_year",
    "target_year",
]
_DONE, _CHOSEN = "supplier-master-done", "supplier-master-chosen"
_YEARS, _TIERS = (1990, 2100), (1, 9)
_LONGEST = {"name": 200, "sector": 100}
_Row = dict[str, Any]


def show(visit: Visit) -> None:
    """The table of all suppliers, the form of one, and the import; for who may edit suppliers."""
    if not visit.may(Permission.EDIT_SUPPLIERS):
        st.info(
            "Supplier data are changed by analysts, managers and administrators: ask one of them.",
            icon=":material/lock:",
        )
        return
    if done := st.session_state.pop(_DONE, None):
        st.success(formats.plain(done), icon=":material/check:")
    rows = stored(visit.store)
    if not rows:
        states.empty("No suppliers yet", "Suppliers come with their shipments: upload some first.")
        return
    ordered = dict(sorted(rows.items(), key=lambda pair: (str(pair[1]["name"]).casefold(), pair[0])))
    with card(st, "Supplier data"):
        _table(visit, ordered)
    form, file = st.columns(2)
    with card(form, "Change one supplier"):
        _form(visit, ordered)
    with card(file, "Supplier file"):
        supplier_master_import.show(visit, _say)


def frame(rows: dict[str, _Row]) -> pd.DataFrame:
    """The suppliers as a table; numbers that are not known stay empty."""
    import pandas as pd

    found = pd.DataFrame([{name: row[name] for name in COLUMNS} for row in rows.values()], columns=COLUMNS)
    whole = ["tier", "target_base_year", "target_year"]
    return found.astype({"target_pct": "Float64", **dict.fromkeys(whole, "Int64")})


def different(shown: _Row, given: dict[str, Value]) -> dict[str, Value]:
    """What was changed in the form: the rest stays, even if somebody else has changed it meanwhile."""
    tidy = {column: None if value == "" else value for column, value in given.items()}
    return {column: value for column, value in tidy.items() if value != shown[column]}


@cache
def country_codes() -> tuple[str, ...]:
    """The ISO 3166-1 codes of countries where somebody lives, by the country's name."""
    import pycountry

    codes = [one.alpha_2 for one in pycountry.countries if gazetteer().country(one.alpha_2)]
    return tuple(sorted(codes, key=lambda code: country_label(code).casefold()))


def _table(visit: Visit, rows: dict[str, _Row]) -> None:
    found = frame(rows)
    missing = int(found[["country", "sector", "tier"]].isna().any(axis=1).sum())
    targets = int(found["target_pct"].notna().sum())
    own = f"{targets or 'none'} with a target of {'their' if targets > 1 else 'its'} own"
    st.header(f"{formats.counted(len(rows), 'supplier')}, {own}", anchor=False)
    without = f"{formats.count(missing)} of them without country, sector or tier. " if missing else ""
    st.caption(f"{without}Tick a row to change it in the form below.")
    st.dataframe(
        tables.worded(found),
        hide_index=True,
        column_config=tables.column_config(COLUMNS),
        height=tables.height_of(found),
        on_select=lambda: _ticked(f"supplier-master-{visit.version}", list(rows)),
        selection_mode="single-row",
        key=f"supplier-master-{visit.version}",
        placeholder="–",
        alt="What is known about each supplier",
    )
    tables.download(found, "suppliers.csv", key="supplier-master-csv")


def _ticked(key: str, ids: list[str]) -> None:
    at = st.session_state[key].selection.rows
    if at and at[0] < len(ids):
        st.session_state[_CHOSEN] = ids[at[0]]


def _form(visit: Visit, rows: dict[str, _Row]) -> None:
    with states.boundary("The form"):
        st.header("Change one supplier", anchor=False)
        if st.session_state.get(_CHOSEN) not in rows:
            st.session_state[_CHOSEN] = next(iter(rows))
        chosen = st.selectbox(
            "Supplier to change",
            list(rows),
            format_func=lambda one: f"{rows[one]['name']} ({one})",
            key=_CHOSEN,
        )
        given = _fields(rows[chosen], f"{chosen}-{visit.version}")
        if st.button("Save", type="primary", icon=":material/save:", key="supplier-save"):
            _save(visit, chosen, different(rows[chosen], given))


def _fields(shown: _Row, turn: str) -> dict[str, Value]:
    """The form's fields, filled with what is stored; emptied ones take the value away."""
    codes = country_codes()

    def text(column: str) -> str:
        return st.text_input(
            LABELS[column], value=shown[column] or "", max_chars=_LONGEST[column], key=f"{column}-{turn}"
        )

    def number(place: Any, column: str, bounds: tuple[float, float], step: float) -> Value:
        return place.number_input(
            LABELS[column],
            min_value=bounds[0],
            max_value=bounds[1],
            value=shown[column],
            step=step,
            placeholder="not known",
            key=f"{column}-{turn}",
        )

    given: dict[str, Value] = {"name": text("name")}
    given["country"] = st.selectbox(
        LABELS["country"],
        codes,
        index=codes.index(shown["country"]) if shown["country"] in codes else None,
        format_func=country_label,
        placeholder="not known",
        key=f"country-{turn}",
    )
    given["sector"] = text("sector")
    left, right = st.columns(2)
    given["tier"] = number(left, "tier", _TIERS, 1)
    given["target_pct"] = number(right, "target_pct", (0.0, 100.0), 1.0)
    left, right = st.columns(2)
    given["target_base_year"] = number(left, "target_base_year", _YEARS, 1)
    given["target_year"] = number(right, "target_year", _YEARS, 1)
    return given


def _save(visit: Visit, supplier_id: str, values: dict[str, Value]) -> None:
    if not values:
        st.info("Nothing to save: the form says what stands there already.", icon=":material/info:")
        return
    try:
        made = supplier_data.update_one(
            visit.store, supplier_id, values, user=current_user(), audit_db=access.database()
        )
    except (IngestionError, StoreError) as error:
        states.refused(str(error))
        return
    _say(changed(made))


def _say(done: str) -> None:
    """Run the page anew with the data as they are now, and say there what was done."""
    st.session_state[_DONE] = done
    st.rerun()
