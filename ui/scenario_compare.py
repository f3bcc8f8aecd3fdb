"""Two scenarios side by side, on the same year: figures with their difference, steps on one axis, a CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import (
    formats,
    scenario_build,
    scenario_draft,
    scenario_kpis,
    scenario_saved,
    scenario_table,
    scenario_views,
    states,
    tables,
)
from ui import scenario_charts as charts
from ui import scenario_words as words
from ui.chart_card import card, titled
from ui.chart_card import show as show_chart

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from access.saved_scenarios import SavedScenario
    from analytics.overview import FilterOptions
    from analytics.scenarios import Scenario, ScenarioResult
    from data_access import Filters
    from ui.shell import Visit

__all__ = ["export", "figures", "show"]

_BENCH = "bench"
_FIRST, _SECOND = "scenario-first", "scenario-second"


def show(visit: Visit, chosen: Filters, options: FilterOptions) -> None:
    from analytics.scenarios import run

    with states.loading(140):
        base = scenario_build.baseline(visit, chosen)
    if base.now_kg <= 0:
        states.empty_selection(options)
        return
    saved = {one.scenario_id: one for one in scenario_saved.listed(visit)}
    labels = _labels(saved)
    if len(labels) < 2:
        _too_few(len(labels))
        return
    picked = _pick(labels)
    if picked[0] == picked[1]:
        st.info("Choose two different scenarios to see them side by side.", icon=":material/compare_arrows:")
        return
    st.markdown(formats.plain(f"{words.base_words(base)} Both scenarios are worked out on it."))
    _other_selection(picked, saved, options)
    found = [_scenario(one, saved) for one in picked]
    pair = tuple(words.named(run(base, one), base.names) for one in found if one is not None)
    if len(pair) == 2:
        _compared((labels[picked[0]], labels[picked[1]]), (pair[0], pair[1]))


def figures(names: tuple[str, str], results: tuple[ScenarioResult, ScenarioResult]) -> pd.DataFrame:
    """Measures in rows, both scenarios and their difference in columns, in words."""
    import pandas as pd

    first, second = results
    titles = names if names[0] != names[1] else (f"{names[0]} (1)", f"{names[1]} (2)")
    rows = {
        "Now, CO2e a year": [formats.mass(one.now_kg) for one in results] + [formats.MISSING],
        "Then, CO2e a year": [
            *(formats.emissions_range(one.then_kg, one.then_low_kg, one.then_high_kg) for one in results),
            words.signed_mass(second.then_kg - first.then_kg),
        ],
        "Saved, CO2e a year": [
            *(formats.emissions_range(one.saved_kg, one.saved_low_kg, one.saved_high_kg) for one in results),
            words.signed_mass(second.saved_kg - first.saved_kg),
        ],
        "Saved, share of now": [
            *(formats.percent(one.saved_kg / one.now_kg if one.now_kg else None) for one in results),
            formats.MISSING,
        ],
        "Extra cost a year": [*map(_cost_words, results), _cost_difference(first, second)],
        "Lead time": [
            *(words.days_words(scenario_kpis.extra_days(one)) for one in results),
            words.days_words(scenario_kpis.extra_days(second) - scenario_kpis.extra_days(first)),
        ],
        "Levers": [*(formats.count(len(one.steps)) for one in results), formats.MISSING],
    }
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=[*titles, "Second − first"])
    frame.index.name = "Measure"
    return frame


def export(names: tuple[str, str], results: tuple[ScenarioResult, ScenarioResult]) -> pd.DataFrame:
    """The steps of both with full precision; the column scenario says whose."""
    import pandas as pd

    parts = [
        scenario_table.export(one).assign(scenario=name) for name, one in zip(names, results, strict=True)
    ]
    return pd.concat(parts, ignore_index=True)


def _compared(names: tuple[str, str], results: tuple[ScenarioResult, ScenarioResult]) -> None:
    with card(st, "Side by side"):
        titled(words.comparison_finding(names, results), "Figures of both, and the second less the first.")
        st.dataframe(
            figures(names, results),
            height="content",
            column_config={"_index": st.column_config.TextColumn("Measure", width=150)},
            key="scenario-figures",
            alt="Figures of both scenarios",
        )
        tables.download(export(names, results), "scenarios-compared.csv", key="scenarios-compared-csv")
    spans = [charts.steps_span(one.steps) for one in results]
    span = (min(one[0] for one in spans), max(one[1] for one in spans))
    most = max(len(one.steps) for one in results)
    for at, (place, name, result) in enumerate(zip(st.columns(2), names, results, strict=True), start=1):
        with card(place, f"Scenario {at}"):
            titled(f"{name}: {words.result_finding(result)}", "Change by each lever, both on the same axis.")
            show_chart(
                charts.steps(result.steps, span, room_for=most),
                key=f"scenario-compare-{at}",
                alt=f"Waterfall: change of emissions by each lever of scenario {at}",
            )
            texts = enumerate(result.steps["description"], start=1)
            st.caption("  \n".join(formats.plain(f"{number}. {text}") for number, text in texts))


def _labels(saved: Mapping[str, SavedScenario]) -> dict[str, str]:
    """What can be compared: the scenario on the bench where it is not saved as shown, and the saved ones."""
    draft = scenario_draft.current()
    bench = {_BENCH: f"{draft.name} (on the bench)"} if draft.cards and draft.changed else {}
    names = [one.name for one in saved.values()]
    return {
        **bench,
        **{
            key: one.name if names.count(one.name) == 1 else f"{one.name} · {one.author}"
            for key, one in saved.items()
        },
    }


def _pick(labels: Mapping[str, str]) -> tuple[str, str]:
    keys = list(labels)
    opened = scenario_draft.current().scenario_id
    first = keys.index(opened) if opened in labels and _BENCH not in labels else 0
    places = st.columns(2)
    picked = [
        str(
            place.selectbox(
                title,
                keys,
                index=index,
                format_func=lambda one: labels.get(one, one),
                key=f"{key}-{len(keys)}",
            )
        )
        for place, title, index, key in zip(
            places,
            ("First scenario", "Second scenario"),
            (first, 1 if first != 1 else 0),
            (_FIRST, _SECOND),
            strict=True,
        )
    ]
    return picked[0], picked[1]


def _scenario(key: str, saved: Mapping[str, SavedScenario]) -> Scenario | None:
    from analytics.scenarios import Scenario, ScenarioRefused

    if key == _BENCH:
        return scenario_draft.current().scenario()
    try:
        return Scenario.from_dict(saved[key].definition)
    except ScenarioRefused as error:
        states.refused(f"“{saved[key].name}” cannot be read: {error}")
        return None


def _other_selection(
    picked: tuple[str, str], saved: Mapping[str, SavedScenario], options: FilterOptions
) -> None:
    """Say which of both was saved for other filters: its figures there were others."""
    now = scenario_views.query_now(options)
    others = [saved[one].name for one in picked if one in saved and saved[one].query != now]
    if others:
        names = " and ".join(f"“{formats.plain(one)}”" for one in others)
        was = "was" if len(others) == 1 else "were"
        st.caption(f"{names} {was} saved with other filters; here the filters at the left hold for both.")


def _too_few(known: int) -> None:
    with st.container(border=True, key="scenario-too-few"):
        st.markdown("### :material/compare_arrows: Two scenarios to compare")
        have = "There is one so far." if known else "There is none yet."
        st.markdown(f"{have} Build a scenario and save it, then build or open another one.")


def _cost_words(result: ScenarioResult) -> str:
    costs = words.total_costs(result)
    return " + ".join(words.money_words(cost, name) for name, cost in costs) or formats.MISSING


def _cost_difference(first: ScenarioResult, second: ScenarioResult) -> str:
    """Only where both costs stand in one currency: currencies are never added up or subtracted."""
    costs = words.total_costs(first), words.total_costs(second)
    if any(len(one) != 1 for one in costs) or costs[0][0][0] != costs[1][0][0]:
        return formats.MISSING
    return words.money_words(costs[1][0][1] - costs[0][0][1], costs[0][0][0])
