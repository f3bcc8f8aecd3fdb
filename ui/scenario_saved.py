"""The bar above the levers: the scenario's name, save, save as, open, share, delete."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

import access
from access import Permission, saved_scenarios
from access.errors import AccessError
from data_access.errors import StoreError
from ui import acts, formats, scenario_draft, scenario_open, scenario_views
from ui.scenario_draft import Draft
from ui.shell import current_user

if TYPE_CHECKING:
    from access.saved_scenarios import SavedScenario
    from analytics.overview import FilterOptions
    from ui.shell import Visit

__all__ = ["bar", "listed", "state_words"]

_NAME, _PICK = "scenario-name", "scenario-pick"


def bar(visit: Visit, options: FilterOptions) -> None:
    """Name, state and what can be done with the scenario on the bench."""
    draft = scenario_draft.current()
    known = listed(visit)
    with st.container(horizontal=True, vertical_alignment="center", key="scenario-bar"):
        with st.container(gap=None, width="stretch"):
            st.header(formats.plain(draft.name), anchor=False)
            st.caption(formats.plain(state_words(draft, _author_of(draft, known))))
        if visit.may(Permission.SAVE_VIEWS):
            _save(draft, options)
        _open(draft, known, visit)
        if draft.cards or draft.scenario_id:
            st.button(
                "New",
                key="scenario-new",
                icon=":material/note_add:",
                help="Clear the bench. What is not saved is lost." if draft.changed else "Clear the bench.",
                on_click=scenario_draft.forget,
            )
        if draft.scenario_id and draft.mine:
            _delete(draft)
    if draft.scenario_id and draft.mine and visit.may(Permission.SAVE_VIEWS):
        _share(draft)
    elif draft.scenario_id and draft.shared:
        _address(draft.scenario_id)


def listed(visit: Visit) -> tuple[SavedScenario, ...]:
    """The scenarios that this user may open."""
    return saved_scenarios.list_for(access.database(), visit.user)


def state_words(draft: Draft, author: str = "") -> str:
    """Whether the scenario stands saved as it is on screen, and whose it is."""
    if draft.scenario_id is None:
        return "Not saved yet." if draft.cards else "Add levers below; they act in their order."
    whose = (
        "" if draft.mine else f" Saved by {author or 'somebody else'}: save it as your own to keep changes."
    )
    state = "Unsaved changes." if draft.changed else "Saved as shown."
    return state + whose


def _author_of(draft: Draft, known: tuple[SavedScenario, ...]) -> str:
    return next((one.author for one in known if one.scenario_id == draft.scenario_id), "")


def _save(draft: Draft, options: FilterOptions) -> None:
    if draft.scenario_id and draft.mine:
        st.button(
            "Save",
            key="scenario-save",
            icon=":material/save:",
            type="primary" if draft.changed else "secondary",
            disabled=not draft.cards,
            on_click=_keep,
            args=(draft, draft.name, draft.scenario_id, options),
        )
    if not draft.cards:
        return
    first = draft.scenario_id is None
    with st.popover("Save" if first else "Save as", icon=":material/save_as:", key="scenario-save-as"):
        st.text_input(
            "Name",
            key=_NAME,
            max_chars=saved_scenarios.LONGEST_NAME,
            placeholder="Sea instead of air from Asia",
        )
        st.caption("Kept with the filters above. Only you can open it until you share it.")
        st.button(
            "Save under this name",
            key="scenario-save-new",
            type="primary",
            on_click=_keep_named,
            args=(draft, options),
        )


def _open(draft: Draft, known: tuple[SavedScenario, ...], visit: Visit) -> None:
    if not known:
        return
    with st.popover("Open", icon=":material/folder_open:", key="scenario-open"):
        names = {one.scenario_id: _listed_name(one, visit) for one in known}
        picked = st.selectbox(
            "Saved scenarios",
            list(names),
            index=None,
            format_func=lambda one: names.get(one, one),
            placeholder=formats.counted(len(known), "scenario"),
            key=_PICK,
        )
        if draft.changed and draft.cards:
            st.caption(f"The unsaved changes of “{formats.plain(draft.name)}” will be lost.")
        st.button(
            "Open this scenario",
            key="scenario-open-yes",
            type="primary",
            disabled=picked is None,
            on_click=scenario_open.ask_for,
            args=(picked,),
        )


def _share(draft: Draft) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="scenario-share"):
        st.toggle(
            "Shared by link",
            value=draft.shared,
            key=f"scenario-shared-{draft.scenario_id}-{draft.shared}",
            help="Whoever in the company may see all shipments can open it. Suppliers cannot.",
            on_change=_act,
            args=(_shared, draft, not draft.shared),
        )
    if draft.shared:
        _address(str(draft.scenario_id))


def _address(scenario_id: str) -> None:
    st.code(scenario_views.link(scenario_id), language=None, wrap_lines=True)


def _delete(draft: Draft) -> None:
    with st.popover("Delete", icon=":material/delete:", key="scenario-delete"):
        st.markdown(f"Delete **{formats.plain(draft.name)}**? Its link ends; the levers stay on the bench.")
        st.button(
            "Delete this scenario",
            key="scenario-delete-yes",
            type="primary",
            on_click=_act,
            args=(_removed, draft),
        )


def _listed_name(one: SavedScenario, visit: Visit) -> str:
    if one.belongs_to(visit.user):
        return f"{one.name} (shared)" if one.shared else one.name
    return f"{one.name} · {one.author}"


def _keep_named(draft: Draft, options: FilterOptions) -> None:
    _keep(draft, str(st.session_state.get(_NAME) or ""), None, options)


def _keep(draft: Draft, name: str, scenario_id: str | None, options: FilterOptions) -> None:
    _act(_kept, draft, name, scenario_id, scenario_views.query_now(options))


def _act(work: Callable[..., str], *what: Any) -> None:
    """Do it as the user who is signed in now; the next run says how it went."""
    try:
        acts.done(work(*what))
    except (AccessError, StoreError) as error:
        acts.refused(str(error))


def _kept(draft: Draft, name: str, scenario_id: str | None, query: str) -> str:
    from analytics.scenarios import Scenario

    definition = Scenario(" ".join(name.split()) or draft.name, draft.levers).to_dict()
    found = saved_scenarios.save(access.database(), current_user(), name, definition, query, scenario_id)
    kept = replace(
        draft,
        scenario_id=found.scenario_id,
        name=found.name,
        kept=draft.levers,
        mine=True,
        shared=found.shared,
    )
    scenario_draft.put(kept)
    st.session_state.pop(_NAME, None)
    return f"Saved {found.name}."


def _shared(draft: Draft, shared: bool) -> str:
    found = saved_scenarios.share(access.database(), current_user(), str(draft.scenario_id), shared)
    scenario_draft.put(replace(scenario_draft.current(), shared=found.shared))
    return f"{found.name} opens by its link now." if shared else f"The link of {found.name} has ended."


def _removed(draft: Draft) -> str:
    saved_scenarios.remove(access.database(), current_user(), str(draft.scenario_id))
    scenario_draft.put(replace(draft, scenario_id=None, kept=(), shared=False))
    st.session_state.pop(_PICK, None)
    return f"Deleted {draft.name}."
