"""One leg and what is wrong with it: the sentence, its group's spread, the repair before and after."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import streamlit as st

from access import Permission
from analytics import findings
from data_access import Filters
from ui import anomaly_actions, anomaly_charts, anomaly_open, anomaly_sections, formats, states
from ui.anomaly_words import kind_label, named, quantity, span, status_label, usual
from ui.chart_card import card
from ui.chart_card import show as show_chart
from ui.theme import mode_label

if TYPE_CHECKING:
    import pandas as pd

    from analytics import AnomalyAnalytics
    from analytics.anomalies.comparison import Comparison
    from analytics.anomalies.review import AnomalyDetail
    from ui.shell import Visit

__all__ = ["show"]

_COLOURS = {"open": "orange", "confirmed": "red", "fixed": "green", "dismissed": "gray"}
# A link names a leg: it opens whatever period or supplier the filters are at.
_ANY = Filters()


def show(visit: Visit, anomalies: AnomalyAnalytics, rows: pd.DataFrame) -> None:
    """The panel of the open leg; nothing while no leg is open."""
    opened = anomaly_open.leg()
    anomaly_open.write_url()
    if opened is None:
        return
    with card(st.container(key="anomaly-detail"), "This leg"):
        with states.loading(420):
            found = visit.ask(anomalies.detail, _ANY, shipment_id=opened[0], leg_no=opened[1])
        if found is None:
            st.info(
                f"There is no leg {formats.plain(opened[1])} of shipment {formats.plain(opened[0])} "
                "among the data that you may see. Its import may have been undone.",
                icon=":material/info:",
            )
            st.button("Close", key="detail-close", on_click=anomaly_open.close)
            return
        _head(found, rows, opened)
        anomaly_actions.show_done(visit)
        left, right = st.columns([5, 4], gap="large")
        with left:
            _verdicts(visit, found)
        with right, states.boundary("The comparison"):
            _comparison(visit, found)
        anomaly_sections.show(visit, found)


def _head(found: AnomalyDetail, rows: pd.DataFrame, opened: tuple[str, int]) -> None:
    leg = found.leg
    with st.container(horizontal=True, vertical_alignment="top", horizontal_alignment="distribute"):
        with st.container(width="stretch"):
            st.header(f"{formats.plain(leg['shipment_id'])}, leg {leg['leg_no']}", anchor=False)
            st.caption(formats.plain(_facts(leg)))
        with st.container(horizontal=True, width="content"):
            if following := _following(rows, opened):
                st.button(
                    "Next", key="detail-next", icon=":material/arrow_downward:", type="tertiary",
                    on_click=anomaly_open.open_next, args=(following,),
                )  # fmt: skip
            st.button(
                "Close", key="detail-close", icon=":material/close:", type="tertiary",
                on_click=anomaly_open.close,
            )  # fmt: skip
    if found.removed:
        st.info("This copy was removed by a fix: it counts nowhere.", icon=":material/content_copy:")


def _facts(leg: Any) -> str:
    """The leg in one line."""
    parts = [
        _text(leg["supplier"]) or str(leg["supplier_id"]),
        formats.lane(leg["origin"], leg["destination"]),
        mode_label(leg["mode"]),
        formats.day(leg["departed_at"]),
        f"{quantity(leg['weight_kg'], 'weight_kg')} over {quantity(leg['distance_km'], 'distance_km')}",
        formats.emissions(leg["wtw_kg"]),
    ]
    return " · ".join(parts)


def _following(rows: pd.DataFrame, opened: tuple[str, int]) -> tuple[str, int] | None:
    """The leg after this one in the table; where this one has left it, the first that stands there."""
    legs = list(dict.fromkeys((str(row.shipment_id), int(row.leg_no)) for row in rows.itertuples()))
    if opened not in legs:
        return legs[0] if legs else None
    at = legs.index(opened) + 1
    return legs[at] if at < len(legs) else None


def _verdicts(visit: Visit, found: AnomalyDetail) -> None:
    if found.anomalies.empty:
        st.markdown("Nothing unusual was found about this leg.")
        return
    for row in found.anomalies.to_dict("records"):
        _verdict(visit, found, row)


def _verdict(visit: Visit, found: AnomalyDetail, row: dict[str, Any]) -> None:
    """One thing that is wrong with the leg: the sentence, the figures, the repair, the decision."""
    kind, status = row["kind"], row["status"]
    st.markdown(f"**{formats.plain(kind_label(kind))}** :{_COLOURS[status]}-badge[{status_label(status)}]")
    st.markdown(formats.plain(_named(row["reason"], found.leg)))
    st.caption(formats.plain(" · ".join(_figures({**dict(found.leg), **row}))))
    if status != "open" and (said := _decision(row)):
        st.caption(said)
    if not visit.may(Permission.CORRECT_DATA):
        st.caption(f"Your role ({visit.user.role}) may look but not decide.")
        return
    preview = found.preview
    fixable = preview is not None and preview.kind == kind and status in ("open", "confirmed")
    if fixable:
        _preview(preview)
    one = found.anomalies[found.anomalies["kind"] == kind]
    with st.container(horizontal=True, key=f"decide-{kind}"):
        if fixable and st.button(
            _fix_label(preview), key=f"fix-{kind}", type="primary", icon=":material/build:"
        ):
            anomaly_actions.fix(visit, anomaly_actions.keys_of(one))
        if status == "open" and st.button("Confirm", key=f"confirm-{kind}", icon=":material/flag:"):
            anomaly_actions.settle(visit, one, "confirmed")
        if status in ("open", "confirmed") and st.button(
            "Dismiss …", key=f"dismiss-{kind}", icon=":material/visibility_off:"
        ):
            anomaly_actions.ask_dismiss(visit, one)
        if status in ("confirmed", "dismissed") and st.button(
            "Reopen", key=f"reopen-{kind}", icon=":material/undo:"
        ):
            anomaly_actions.settle(visit, one, "open")


def _figures(row: dict[str, Any]) -> list[str]:
    found = []
    if row["column_name"] in ("weight_kg", "distance_km", "wtw_kg"):
        what = {"weight_kg": "Mass", "distance_km": "Distance", "wtw_kg": "Emission"}[row["column_name"]]
        found.append(f"{what} {quantity(row['value'], row['column_name'])}")
        expected = span(row["expected_low"], row["expected_high"], row["column_name"])
        if expected != formats.MISSING:
            found.append(f"usual {expected}")
    elif usual(row) != formats.MISSING:
        found.append(usual(row))
    found.append(f"{formats.emissions(row['at_stake_kg'])} at stake")
    if row["found_by"] == "rule":
        found.append("breaks a rule of the import")
    elif isinstance(row["second_opinion"], float) and math.isfinite(row["second_opinion"]):
        found.append(f"second opinion: odder than {formats.share(row['second_opinion'])} of legs")
    return found


def _decision(row: dict[str, Any]) -> str:
    """Who decided, when and why, as Markdown."""
    who = _text(row["decided_by"])
    if not who:
        return ""
    said = f"{status_label(row['status'])} by {_no_link(who)} on {formats.day(row['decided_at'])}"
    note = _text(row["note"])
    return f"{said}: “{formats.plain(note)}”" if note else said


def _preview(preview: Any) -> None:
    """What one click will change, before and after."""
    change = anomaly_actions.signed(preview.after_kg - preview.before_kg)
    with st.container(key="fix-preview", border=True):
        st.markdown(_changed(preview))
        st.markdown(
            f"Emissions: ~~{formats.plain(formats.emissions(preview.before_kg))}~~ → "
            f"**{formats.plain(formats.emissions(preview.after_kg))}** ({formats.plain(change)})"
        )
        for note in preview.notes:
            st.caption(formats.plain(note))
        if len(preview.legs) > 1:
            st.caption(
                f"Changes all {formats.counted(len(preview.legs), 'leg')} of this shipment that carry it."
            )


def _changed(preview: Any) -> str:
    """The value before and after."""
    if preview.column == "remove":
        return f"Remove this copy: shipment {formats.plain(preview.new_value)} is the same one."
    words = (
        anomaly_sections.value_words(preview.column, one) for one in (preview.old_value, preview.new_value)
    )
    old, new = map(formats.plain, words)
    return f"{anomaly_sections.column_words(preview.column)}: ~~{old}~~ → **{new}**"


def _fix_label(preview: Any) -> str:
    if preview.column == "remove":
        return "Fix: remove this copy"
    column = anomaly_sections.column_words(preview.column).lower()
    return f"Fix: {column} {formats.plain(anomaly_sections.value_words(preview.column, preview.new_value))}"


def _comparison(visit: Visit, found: AnomalyDetail) -> None:
    """The leg's value among those of its group, with the range that its verdict speaks of."""
    group = found.comparison
    if group is None or not (group.values > 0).any() or not group.value > 0:
        st.caption("There are too few comparable legs to draw their spread.")
        return
    low, high = _usual_range(found, group)
    words = _named(group.words, found.leg)
    st.markdown(f"**{formats.plain(findings.place_in_group(group.values, group.value))}**")
    shaded = f" Shaded: usual for a leg like this, {span(low, high, group.unit)}." if low > 0 else ""
    st.caption(formats.plain(f"{formats.counted(group.values.size, 'other leg')}: {words}.{shaded}"))
    show_chart(
        anomaly_charts.distribution(group.values, unit=group.unit, value=group.value, low=low, high=high),
        key=f"distribution-{found.leg['shipment_id']}-{found.leg['leg_no']}",
        alt=f"Histogram: this leg among {words}",
    )


def _usual_range(found: AnomalyDetail, group: Comparison) -> tuple[float, float]:
    """The verdict's range in the group's unit, where there is one; else the group's own."""
    for row in found.anomalies.to_dict("records"):
        ends = row["value"], row["expected_low"], row["expected_high"]
        known = all(isinstance(one, float) and one > 0 for one in ends)
        if row["column_name"] == group.column and known and row["status"] != "fixed":
            value, low, high = ends
            return low / value * group.value, high / value * group.value
    return group.low, group.high


def _named(sentence: object, leg: Any) -> str:
    return named(sentence, leg["supplier_id"], leg["supplier"])


def _no_link(email: str) -> str:
    """An e-mail that Markdown does not turn into a link: an invisible joiner stands before its @."""
    return formats.plain(email).replace("@", "\u2060@")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
