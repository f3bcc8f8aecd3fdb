"""The targets on the Scenarios page: where each stands this year, and which saved scenario closes its gap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

import access
from access import Permission, targets
from analytics.targets import TargetAnalytics, closings, effect_of, outlook_of, status_of
from data_access import Filters
from ui import acts, formats, states, tables, target_chart, target_form
from ui import target_words as words
from ui.chart_card import card, titled
from ui.chart_card import show as show_chart

if TYPE_CHECKING:
    from collections.abc import Mapping

    from access.targets import Target
    from analytics.overview import FilterOptions
    from analytics.scenarios import ScenarioResult
    from analytics.targets import Closing, TargetStatus
    from ui.shell import Visit

__all__ = ["pick", "show", "status"]

_WHOLE_YEAR = (
    "Each scenario counts for itself, as if it had been in force all year, with its shipments of this target."
)


def show(
    visit: Visit,
    chosen: Filters,
    options: FilterOptions,
    scenarios: Sequence[tuple[str, ScenarioResult]] = (),
) -> None:
    """The section, with the form for who may set targets; nothing for who does not see all legs.

    Parameters
    ----------
    chosen : Filters
        The page's: they do not count, a target has suppliers and modes of its own.
    scenarios : sequence of (name, ScenarioResult)
        The saved ones of the user.
    """
    del chosen
    if not targets.may_read(visit.user):
        return
    sets = targets.may_set(visit.user)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.header("Targets", anchor="targets", width="content")
        if sets:
            st.button(
                "New target",
                icon=":material/add:",
                key="target-new",
                on_click=target_form.ask_for,
                args=(None,),
            )
    with states.boundary("The targets"):
        acts.told()
        if sets:
            target_form.asked_for(options.suppliers)
        found = targets.list_for(access.database(), visit.user)
        if not found:
            _empty(sets=sets)
            return
        st.caption(
            "By calendar year. The filters above do not count: a target names its own suppliers and modes."
        )
        for target in found:
            with card(st, f"Target {target.target_id}"):
                _target(visit, target, options.suppliers, scenarios, sets=sets)


def pick(visit: Visit, chosen: Filters) -> TargetStatus | None:
    """The target that a chart of these filters' yearly emissions can show: the first one about the same legs.

    None where there is none, the filters select by anything but suppliers and modes, or the user may not
    read targets.
    """
    own = Filters(suppliers=chosen.suppliers, modes=chosen.modes)
    if own != Filters(**{**vars(chosen), "start": None, "end": None, "anomalies_only": False}):
        return None
    for target in targets.list_for(access.database(), visit.user):
        if target.kind == "absolute" and target.filters == own:
            return status(visit, target)
    return None


def status(visit: Visit, target: Target) -> TargetStatus:
    """Where a target stands; its years and outlook come from the cache that other targets fill, too."""
    from analytics.forecasting.analysis import PredictiveAnalytics

    years = visit.ask(TargetAnalytics(visit.store).years, target.filters)
    outlook, problem = outlook_of(lambda: visit.ask(PredictiveAnalytics(visit.store).year, target.filters))
    return status_of(target, years, outlook, problem)


def _target(
    visit: Visit,
    target: Target,
    names: Mapping[str, str],
    scenarios: Sequence[tuple[str, ScenarioResult]],
    *,
    sets: bool,
) -> None:
    with states.loading(420):
        found = status(visit, target)
    gap = found.gap_kg is not None and found.gap_kg > 0
    given = [effect_of(name, result, target) for name, result in scenarios] if gap else []
    effects = closings(found, given)
    base = words.base_words(found)
    shows = f"{words.terms_words(target, names)}. {base + '.' if base else ''}"
    titled(words.finding(found), formats.plain(shows), target_chart.legend(found, effects))
    left, right = st.columns([3, 2])
    with left:
        show_chart(
            target_chart.path_figure(found, effects),
            key=f"target-path-{target.target_id}",
            alt=f"Bars and line: yearly values and the path of the target {target.name}",
        )
    with right:
        _figures(found)
        _effects(found, effects)
    with st.container(horizontal=True, gap="small"):
        if visit.may(Permission.EXPORT):
            tables.download(words.table(found), "target-path.csv", key=f"target-csv-{target.target_id}")
        if sets:
            _actions(target)


def _figures(found: TargetStatus) -> None:
    """What counts this year; what is not known says why."""
    if found.reason:
        st.markdown(f":material/info: {formats.plain(found.reason)}")
    year = found.year
    if found.point is not None:
        with st.container(horizontal=True, key=f"target-figures-{getattr(found.target, 'target_id', '')}"):
            st.metric(f"Chance to meet {year}", words.chance(found.probability), width="content")
            st.metric(f"Gap in {year}, CO2e", words.gap(found)[0], width="content")
    lines = []
    if found.point is not None:
        lines.append(f"Point on the path: {words.value(found.point, found.unit)}")
    if found.mean is not None:
        lines.append(f"Outlook: {words.value(found.mean, found.unit)}, {words.range_words(found)}")
    if found.gap_kg is not None:
        lines.append(f"Gap: {' CO2e, '.join(words.gap(found))}")
    if found.so_far is not None:
        lines.append(f"So far, to {formats.day(found.so_far_to)}: {words.value(found.so_far, found.unit)}")
    st.markdown("\n".join(f"- {formats.plain(line)}" for line in lines))


def _effects(found: TargetStatus, effects: tuple[Closing, ...]) -> None:
    if found.gap_kg is None or found.gap_kg <= 0:
        return
    if not effects:
        st.caption("Save a scenario to see here how much of the gap it closes.")
        return
    st.markdown("\n".join(f"- {formats.plain(words.closing_words(one, found))}" for one in effects))
    st.caption(_WHOLE_YEAR)


def _actions(target: Target) -> None:
    st.button(
        "Change",
        key=f"target-change-{target.target_id}",
        icon=":material/edit:",
        type="tertiary",
        on_click=target_form.ask_for,
        args=(target,),
    )
    with st.popover(
        "Remove", icon=":material/delete:", type="tertiary", key=f"target-drop-{target.target_id}"
    ):
        st.markdown(f"Remove **{formats.plain(target.name)}**? The audit log keeps its terms.")
        st.button(
            "Remove this target",
            key=f"target-drop-yes-{target.target_id}",
            type="primary",
            on_click=acts.act,
            args=(f"Removed the target {target.name}.", targets.remove, target.target_id),
        )


def _empty(*, sets: bool) -> None:
    what = (
        "A target says by how much emissions or intensity fall each year, and this page says whether they do."
    )
    whom = "Set the first one with “New target”." if sets else "Ask an analyst or a manager to set one."
    with st.container(border=True, key="targets-empty", horizontal_alignment="center"):
        st.markdown("### :material/flag: No target yet", text_alignment="center")
        st.markdown(f"{what} {whom}", text_alignment="center")
