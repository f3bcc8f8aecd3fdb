"""What stands behind a leg, one section at a time: its chain, its factor, its drivers, its corrections."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from access import Permission
from data_access import Filters
from ui import anomaly_actions, chart_card, formats, states, tables
from ui.anomaly_words import kind_label, quantity
from ui.theme import DATA_TYPE_LABELS, DISTANCE_SOURCE_LABELS, mode_label

if TYPE_CHECKING:
    from analytics.anomalies.review import AnomalyDetail
    from ui.shell import Visit

__all__ = ["change_words", "column_words", "show", "value_words"]

_SECTIONS = ("Chain", "Factor", "What drives it", "History")
_CHAIN = [
    "leg_no", "mode", "lane", "departed_at", "weight_kg", "distance_km", "tonne_km", "wtw_kg", "data_type",
]  # fmt: skip
_HISTORY = [
    "corrected_at", "corrected_by", "kind", "change", "before_kg", "after_kg", "undone_at", "undone_by",
]  # fmt: skip
_COLUMNS = {"weight_kg": "Mass", "distance_km": "Distance", "mode": "Mode", "remove": "Shipment"}


def column_words(column: str) -> str:
    return _COLUMNS.get(column, column)


def value_words(column: str, value: object) -> str:
    """A value as a correction keeps it, in words: 26,455 kg, Sea."""
    if column == "remove":
        return str(value)
    if column == "mode":
        return mode_label(str(value))
    try:
        return quantity(float(str(value)), column)
    except ValueError:
        return str(value)


def change_words(column: str, old: object, new: object) -> str:
    """Mass: 26,455 kg → 12,000 kg."""
    if column == "remove":
        return f"Removed: it repeats {new}"
    return f"{column_words(column)}: {value_words(column, old)} → {value_words(column, new)}"


def show(visit: Visit, found: AnomalyDetail) -> None:
    corrections = found.corrections
    names = _SECTIONS if len(corrections) else _SECTIONS[:-1]
    section = st.segmented_control(
        "More about this leg",
        list(names),
        default=names[0],
        required=True,
        key=f"detail-section-{len(names)}",
        label_visibility="collapsed",
    )
    with states.boundary(str(section)):
        {"Chain": _chain, "Factor": _factor, "What drives it": _drivers, "History": _history}[str(section)](
            visit, found
        )


def _chain(visit: Visit, found: AnomalyDetail) -> None:
    chain = found.chain
    rows = chain.assign(
        lane=[formats.lane(*ends) for ends in zip(chain["origin"], chain["destination"], strict=True)]
    )
    tables.show(rows, _CHAIN, key="detail-chain", alt="All legs of this shipment")
    st.caption(
        f"{formats.counted(len(rows), 'leg')} of shipment {formats.plain(found.leg['shipment_id'])}, "
        f"{formats.plain(formats.emissions(rows['wtw_kg'].sum()))} in all."
    )


def _factor(visit: Visit, found: AnomalyDetail) -> None:
    leg, factor = found.leg, found.factor
    distance = DISTANCE_SOURCE_LABELS.get(leg["distance_source"], str(leg["distance_source"]))
    data_type = DATA_TYPE_LABELS.get(leg["data_type"], str(leg["data_type"]))
    if factor is None:
        st.markdown("No emission factor: the emission, or the intensity of the hub, came with the row.")
    else:
        per_unit = factor["ttw_kg_per_unit"] + factor["wtt_kg_per_unit"]
        st.markdown(
            f"**{per_unit:.5f} kg CO2e per {formats.plain(factor['unit'])}**: "
            f"{formats.plain(mode_label(factor['mode']))}, {formats.plain(factor['vehicle_class'])}"
        )
        mass, distance = quantity(leg["weight_kg"], "weight_kg"), quantity(leg["distance_km"], "distance_km")
        st.markdown(
            formats.plain(
                f"{mass} × {distance} = {formats.tonne_km(leg['tonne_km'])}; "
                f"× factor = {formats.emissions(leg['calculated_kg'])}"
            )
        )
        st.caption(
            formats.plain(
                f"{factor['factor_set']}, {factor['source']}, {factor['year']:.0f}, {factor['region']} "
                f"({factor['licence']})"
            )
        )
    reported = leg["reported_kg"]
    if formats.mass(reported) != formats.MISSING:
        st.markdown(
            f"The carrier reported {formats.plain(formats.emissions(reported))}, and that figure counts."
        )
    st.caption(formats.plain(f"Distance: {distance}. Data: {data_type}."))


def _drivers(visit: Visit, found: AnomalyDetail) -> None:
    """The model's view of this leg; it is fitted when it is first asked for."""
    from analytics import DriverAnalytics
    from analytics.drivers import DriversUnavailable
    from ui import drivers_waterfall

    try:
        with states.loading(320):
            explanation = visit.ask(
                DriverAnalytics(visit.store).leg,
                Filters(),
                shipment_id=str(found.leg["shipment_id"]),
                leg_no=int(found.leg["leg_no"]),
            )
    except DriversUnavailable as missing:
        st.info(formats.plain(missing), icon=":material/info:")
        return
    names = (
        {found.leg["supplier_id"]: found.leg["supplier"]} if isinstance(found.leg["supplier"], str) else {}
    )
    for sentence in drivers_waterfall.sentences(explanation, names):
        st.markdown(formats.plain(sentence))
    chart_card.show(
        drivers_waterfall.figure(explanation, names),
        key=f"waterfall-{found.leg['shipment_id']}-{found.leg['leg_no']}",
        alt="Waterfall: from a typical leg's emission to this leg's",
    )


def _history(visit: Visit, found: AnomalyDetail) -> None:
    past = found.corrections
    rows = past.assign(
        change=[change_words(one.column_name, one.old_value, one.new_value) for one in past.itertuples()]
    )
    tables.show(rows, _HISTORY, key="detail-history", alt="Corrections of this shipment")
    standing = past[past["undone_at"].isna()]
    if standing.empty or not visit.may(Permission.CORRECT_DATA):
        return
    last = standing.sort_values("corrected_at").iloc[-1]
    if st.button(f"Undo this fix: {kind_label(last['kind'])}", key="undo-fix", icon=":material/undo:"):
        anomaly_actions.take_back(visit, str(last["correction_id"]))
