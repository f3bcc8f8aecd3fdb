"""Scenarios in words: titles that say the finding, signed figures, costs of a tonne, days."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ui import formats
from ui.theme import mode_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from analytics.scenarios import Baseline, Lever, ScenarioResult

__all__ = [
    "abatement_finding",
    "base_words",
    "comparison_finding",
    "cost_note",
    "cost_per_t_words",
    "days_words",
    "described",
    "modes_finding",
    "money_words",
    "named",
    "period_words",
    "priced",
    "result_finding",
    "shortened",
    "signed_mass",
    "total_costs",
    "unpriced",
]

_LONGEST = 52
_SLIGHT = 1e-9


def base_words(base: Baseline) -> str:
    """Base: 365 days, 21 Nov 2025 – 20 Nov 2026; 26.3 kt (24.1–28.6) CO2e a year."""
    kg = formats.emissions_range(base.now_kg, base.low_kg, base.high_kg)
    return f"Base: {period_words(base)}; {kg} CO2e a year."


def period_words(base: Baseline) -> str:
    """How many days the year is scaled from, and which; an end at midnight belongs to the day before."""
    days = formats.counted(round(base.days), "day")
    if base.start is None or base.end is None:
        return f"{days}, all time"
    return f"{days}, {formats.day(base.start)} – {formats.day(base.end - timedelta(microseconds=1))}"


def signed_mass(kg: object) -> str:
    """A change with its sign: −1.2 kt, +340 kg."""
    text = formats.mass(kg)
    return f"+{text}" if isinstance(kg, int | float) and kg > 0 and text[0].isdigit() else text


def shortened(text: str) -> str:
    """A lever's description on a line of a chart."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"


def described(lever: Lever, names: Mapping[str, str]) -> str:
    """A lever in one line, suppliers by their names."""
    named: dict[str, Any] = {
        field: names.get(getattr(lever, field), getattr(lever, field))
        for field in ("from_supplier", "to_supplier")
        if hasattr(lever, field)
    }
    if lever.suppliers:
        named["suppliers"] = tuple(names.get(one, one) for one in lever.suppliers)
    try:
        return replace(lever, **named).describe()
    except ValueError:  # two suppliers of one name: their ids tell them apart
        return lever.describe()


def named(result: ScenarioResult, names: Mapping[str, str]) -> ScenarioResult:
    """The result with suppliers by their names in what people read."""
    levers = result.scenario.levers
    texts = [described(lever, names) for lever in levers]
    warnings = list(result.warnings)
    for lever, text in zip(levers, texts, strict=True):
        warnings = [one.replace(lever.describe(), text) for one in warnings]
    return replace(result, steps=result.steps.assign(description=texts), warnings=tuple(warnings))


def result_finding(result: ScenarioResult) -> str:
    """What all levers come to: Together the levers save 2.1 kt a year, 8.0 %."""
    change = result.then_kg - result.now_kg
    if abs(change) <= _SLIGHT * max(abs(result.now_kg), 1.0):
        return "These levers change nothing in this selection"
    share = f", {formats.percent(abs(change) / result.now_kg)}" if result.now_kg > 0 else ""
    levers = "The lever saves" if len(result.steps) == 1 else "Together the levers save"
    if change > 0:
        levers = "The lever adds" if len(result.steps) == 1 else "Together the levers add"
    return f"{levers} {formats.emissions(abs(change))} a year{share}"


def priced(result: ScenarioResult) -> dict[str, pd.DataFrame]:
    """By currency, that of most kg first: the steps that save and whose cost per tonne is known.

    Returns
    -------
    dict of str to DataFrame
        step (number in the table, from 1), description, saved_kg (with a known cost), cost_per_t.
    """
    rows = result.costs[(result.costs["saved_kg"] > 0) & result.costs["cost_per_t"].notna()]
    texts = result.steps["description"].tolist()
    rows = rows.assign(
        description=[texts[int(step)] for step in rows["step"]], step=rows["step"].astype(int) + 1
    )
    found = {str(name): part.reset_index(drop=True) for name, part in rows.groupby("currency", sort=False)}
    return dict(sorted(found.items(), key=lambda pair: -float(pair[1]["saved_kg"].sum())))


def unpriced(result: ScenarioResult) -> list[str]:
    """The steps that save at a cost that is not known, each as a line; they are in no chart of costs."""
    known = {int(step) for rows in priced(result).values() for step in rows["step"]}
    steps = result.steps.to_dict("records")
    return [
        f"Step {number}, {step['description']}: {formats.mass(step['saved_kg'])} a year"
        for number, step in enumerate(steps, start=1)
        if step["saved_kg"] > 0 and number not in known
    ]


def abatement_finding(rows: pd.DataFrame, currency: str) -> str:
    """Which step is the cheapest a tonne; steps that save money first."""
    pays = rows[rows["cost_per_t"] <= 0]
    if len(pays):
        kg = formats.mass(pays["saved_kg"].sum())
        what = "One step pays for itself" if len(pays) == 1 else f"{len(pays)} steps pay for themselves"
        return f"{what}: {kg} a year at no extra cost"
    cheapest = rows.sort_values("cost_per_t", kind="stable").iloc[0]
    return (
        f"The cheapest tonne costs {formats.money(cheapest['cost_per_t'], currency)}: step {cheapest['step']}"
    )


def modes_finding(frame: pd.DataFrame) -> str:
    """The mode whose emissions change most."""
    change = frame["then_kg"] - frame["now_kg"]
    if not len(frame) or change.abs().max() <= _SLIGHT * max(float(frame["now_kg"].sum()), 1.0):
        return "No mode emits more or less than now"
    most = frame.loc[change.abs().idxmax()]
    way = "less" if most["then_kg"] < most["now_kg"] else "more"
    kg = formats.mass(abs(most["then_kg"] - most["now_kg"]))
    return f"{mode_label(str(most['mode']))} emits {kg} a year {way}"


def comparison_finding(names: tuple[str, str], results: tuple[ScenarioResult, ScenarioResult]) -> str:
    """Which of two scenarios emits less, and whether their ranges overlap."""
    first, second = results
    gap = second.then_kg - first.then_kg
    if abs(gap) <= _SLIGHT * max(first.now_kg, 1.0):
        return f"“{names[0]}” and “{names[1]}” come to the same"
    better, worse = names if gap > 0 else names[::-1]
    return f"“{better}” emits {formats.mass(abs(gap))} a year less than “{worse}”"


def total_costs(result: ScenarioResult) -> tuple[tuple[str, float], ...]:
    """Extra cost a year where it is known, per currency; currencies are never added up."""
    rows = result.costs[result.costs["extra_cost"].notna()]
    sums = rows.groupby("currency", sort=False)["extra_cost"].sum()
    found = [(str(name), float(cost)) for name, cost in sums.items()]
    return tuple(sorted(found, key=lambda pair: -abs(pair[1])))


def cost_note(steps: pd.DataFrame) -> str:
    """For how many of the steps the cost is known."""
    known = int((steps["extra_cost"].notna() & steps["currency"].notna()).sum())
    if known == len(steps):
        return "A year, of all steps"
    return f"A year, known for {known} of {formats.counted(len(steps), 'step')}" if known else "Not known"


def money_words(amount: object, currency: object) -> str:
    """An extra cost with its sign: +EUR 12 k, −EUR 3.1 k."""
    if not isinstance(amount, int | float) or not math.isfinite(amount) or not isinstance(currency, str):
        return formats.MISSING
    sign = "+" if amount > 0 else "−" if amount < 0 else ""
    return f"{sign}{formats.money(abs(amount), currency)}"


def cost_per_t_words(cost: object, currency: object) -> str:
    """What a tonne of CO2e saved costs: EUR 120 per t, EUR −40 per t."""
    if not isinstance(cost, int | float) or not math.isfinite(cost) or not isinstance(currency, str):
        return formats.MISSING
    return f"{formats.money(cost, currency)} per t"


def days_words(days: object) -> str:
    """Change of the lead time: +28 days, −1.5 days, no change."""
    if not isinstance(days, int | float) or not math.isfinite(days):
        return formats.MISSING
    if abs(days) < 0.05:
        return "no change"
    number = f"{days:+.0f}" if abs(days) >= 10 else f"{days:+.1f}".removesuffix(".0")
    return f"{number.replace('-', '−')} day{'' if number in {'+1', '-1'} else 's'}"
