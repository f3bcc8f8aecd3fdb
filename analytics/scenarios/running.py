"""All levers of a scenario in their order: each works on what the ones before it left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analytics.emissions import total_range
from analytics.scenarios.changes import Effect, applied
from analytics.scenarios.results import Baseline, ScenarioResult

if TYPE_CHECKING:
    from analytics.scenarios.levers import Lever, Scenario

__all__ = ["run"]

_GROUP = ["supplier_id", "lane", "main_mode"]
_LEAST_CHANGE = 1e-12  # of the year's kg


def run(baseline: Baseline, scenario: Scenario) -> ScenarioResult:
    """The year after all levers.

    The effect of a lever is what the year emits before it less what it emits after it, so the effects add up
    to the whole and nothing counts twice; another order gives the same levers other effects.
    """
    cells, effects = baseline.cells, []
    for lever in scenario.levers:
        effects.append(applied(cells, lever, baseline))
        cells = effects[-1].cells
    # The first lever's own effect is known already.
    alone = [*effects[:1], *(applied(baseline.cells, lever, baseline) for lever in scenario.levers[1:])]
    now_kg, then_kg = float(baseline.cells["wtw_kg"].sum()), float(cells["wtw_kg"].sum())
    then_low, then_high = total_range(cells["wtw_kg"], cells["low_kg"], cells["high_kg"], cells["factor_id"])
    return ScenarioResult(
        scenario=scenario,
        now_kg=now_kg,
        now_low_kg=baseline.low_kg,
        now_high_kg=baseline.high_kg,
        then_kg=then_kg,
        then_low_kg=then_low,
        then_high_kg=then_high,
        saved_kg=now_kg - then_kg,
        saved_low_kg=sum(one.saved_low_kg for one in effects),
        saved_high_kg=sum(one.saved_high_kg for one in effects),
        steps=_steps(scenario.levers, effects, alone),
        costs=_costs(effects),
        changed=_changed(baseline.cells, cells),
        by_mode=_by_mode(baseline.cells, cells),
        warnings=tuple(_warnings(scenario.levers, effects)),
    )


def _steps(levers: Sequence[Lever], effects: Sequence[Effect], alone: Sequence[Effect]) -> pd.DataFrame:
    rows = [
        _step(lever, effect, by_itself)
        for lever, effect, by_itself in zip(levers, effects, alone, strict=True)
    ]
    columns = [
        "lever", "description", "saved_kg", "saved_low_kg", "saved_high_kg", "alone_saved_kg",
        "alone_low_kg", "alone_high_kg", "extra_cost", "currency", "cost_per_t", "extra_days", "shipments",
        "tonnes", "note",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _step(lever: Lever, effect: Effect, alone: Effect) -> dict[str, object]:
    cost, currency, per_t = _main_cost(effect.costs)
    note = effect.note
    if len(effect.costs) > 1:
        others = ", ".join(sorted(set(effect.costs["currency"]) - {currency}))
        note = f"{note} Further cost is known in {others}: currencies are not added up.".strip()
    return {
        "lever": lever.KIND,
        "description": lever.describe(),
        "saved_kg": effect.saved_kg,
        "saved_low_kg": effect.saved_low_kg,
        "saved_high_kg": effect.saved_high_kg,
        "alone_saved_kg": alone.saved_kg,
        "alone_low_kg": alone.saved_low_kg,
        "alone_high_kg": alone.saved_high_kg,
        "extra_cost": cost,
        "currency": currency,
        "cost_per_t": per_t,
        "extra_days": effect.extra_days,
        "shipments": effect.shipments,
        "tonnes": effect.tonnes,
        "note": note,
    }


def _main_cost(costs: pd.DataFrame) -> tuple[float, str | None, float]:
    """Extra cost, currency and cost per t saved, in the currency of most of the kg."""
    if costs.empty:
        return float("nan"), None, float("nan")
    row = costs.loc[costs["saved_kg"].abs().idxmax()]
    return float(row["extra_cost"]), str(row["currency"]), _per_t(row["extra_cost"], row["saved_kg"])


def _per_t(cost: float, saved_kg: float) -> float:
    return float(cost) / (saved_kg / 1000.0) if saved_kg > 0 else float("nan")


def _costs(effects: Sequence[Effect]) -> pd.DataFrame:
    rows = [
        (number, row.currency, row.extra_cost, row.saved_kg, _per_t(row.extra_cost, row.saved_kg))
        for number, effect in enumerate(effects)
        for row in effect.costs.itertuples(index=False)
    ]
    return pd.DataFrame(rows, columns=["step", "currency", "extra_cost", "saved_kg", "cost_per_t"])


def _changed(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    now, then = (rows.groupby(_GROUP)["wtw_kg"].sum() for rows in (before, after))
    both = pd.DataFrame({"now_kg": now, "then_kg": then}).fillna(0.0)
    both["saved_kg"] = both["now_kg"] - both["then_kg"]
    both = both[both["saved_kg"].abs() > _LEAST_CHANGE * float(now.sum())]
    ordered = both.reset_index().rename(columns={"main_mode": "mode"})
    return ordered.sort_values(
        ["saved_kg", "supplier_id", "lane", "mode"], ascending=[False, True, True, True], ignore_index=True
    )


def _by_mode(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    names = {"wtw_kg": "kg", "tonne_km": "tonne_km"}
    sums = {
        f"{when}_{name}": rows.groupby("mode")[column].sum()
        for when, rows in (("now", before), ("then", after))
        for column, name in names.items()
    }
    table = pd.DataFrame(sums).fillna(0.0).rename_axis("mode").reset_index()
    columns = ["mode", "now_kg", "then_kg", "now_tonne_km", "then_tonne_km"]
    return table[columns].sort_values(["now_kg", "mode"], ascending=[False, True], ignore_index=True)


def _warnings(levers: Sequence[Lever], effects: Sequence[Effect]) -> list[str]:
    found = []
    for number, (lever, effect) in enumerate(zip(levers, effects, strict=True), 1):
        if effect.saved_kg == 0:
            found.append(f"Lever {number} ({lever.describe()}) changes nothing. {effect.note}".strip())
        elif effect.saved_low_kg < 0 < effect.saved_high_kg:
            found.append(f"Lever {number} ({lever.describe()}) may save nothing: its range holds 0.")
    return found
