"""What a lever can choose, in words: lanes with their saving, days and cost, classes, fuels, suppliers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui import formats
from ui import scenario_words as words

if TYPE_CHECKING:
    import pandas as pd

    from analytics.scenarios import Options
    from analytics.scenarios.fuels import FuelOption

__all__ = [
    "MOST",
    "classes",
    "fuel_note",
    "fuels",
    "join_lanes",
    "join_words",
    "moves",
    "shift_lanes",
    "shift_words",
]

MOST = 200  # lanes in a list: more cannot be read, and slow the page down


def shift_lanes(rows: pd.DataFrame) -> dict[str, str]:
    """Lane to its words: what all of it would save, days and cost."""
    found = {}
    for row in rows.sort_values("saved_kg", ascending=False, kind="stable").head(MOST).to_dict("records"):
        parts = [f"{row['lane']}: saves {formats.mass(row['saved_kg'])}"]
        parts += [
            text
            for text in (
                words.days_words(row["extra_days"]),
                words.money_words(row["extra_cost"], row["currency"]),
            )
            if text != formats.MISSING
        ]
        found[str(row["lane"])] = ", ".join(parts)
    return found


def shift_words(rows: pd.DataFrame) -> str:
    """What moving all of these lanes comes to."""
    if rows.empty:
        return "No lane is left: nothing would move."
    kg = formats.emissions_range(*(float(rows[name].sum()) for name in _SAVED))
    timed = rows[rows["extra_days"].notna()]
    parts = [f"{formats.counted(len(rows), 'lane')}: all of it would save {kg} CO2e a year"]
    if len(timed):
        low, high = timed["extra_days"].min(), timed["extra_days"].max()
        span = words.days_words(float(low))
        if round(low, 1) != round(high, 1):
            span = f"{span} to {words.days_words(float(high))}"
        parts.append(span)
    parts.append(_costs(rows))
    return ", ".join(part for part in parts if part) + "."


def join_lanes(rows: pd.DataFrame) -> dict[str, str]:
    """Lane to its words: what joining all loads would save."""
    sums = rows.groupby("lane", sort=False)[["saved_kg", "legs"]].sum()
    sums = sums.sort_values("saved_kg", ascending=False, kind="stable").head(MOST)
    return {
        str(
            lane
        ): f"{lane}: saves {formats.mass(row['saved_kg'])}, {formats.counted(round(row['legs']), 'load')}"
        for lane, row in zip(sums.index, sums.to_dict("records"), strict=True)
    }


def join_words(rows: pd.DataFrame) -> str:
    """What joining all of these loads comes to."""
    kg = formats.emissions_range(*(float(rows[name].sum()) for name in _SAVED))
    lanes = formats.counted(rows["lane"].nunique(), "lane")
    return f"{lanes}: joining all of it would save {kg} CO2e a year; some loads wait up to two days."


def classes(rows: pd.DataFrame) -> dict[str, str]:
    """Class to its words: the factor, and how much runs in it now; the cleanest first."""
    found = {}
    for row in rows.sort_values("kg_per_tkm", kind="stable").to_dict("records"):
        now = f", {formats.tonne_km(row['tonne_km'])} now" if row["tonne_km"] > 0 else ""
        grams = formats.intensity(row["kg_per_tkm"] * 1000)
        found[str(row["vehicle_class"])] = f"{row['vehicle_class']}: {grams}{now}"
    return found


def fuels(options: Options) -> dict[str, list[FuelOption]]:
    """By mode that the selection has: the fuels to choose from."""
    running = set(options.classes.loc[options.classes["tonne_km"] > 0, "mode"])
    found: dict[str, list[FuelOption]] = {}
    for one in options.fuels:
        if one.mode in running:
            found.setdefault(one.mode, []).append(one)
    return found


def fuel_note(fuel: FuelOption) -> str:
    """Where the figure comes from, and that it is the user's to check."""
    if fuel.from_table:
        classes = f" It has {', '.join(fuel.classes[:4])}." if fuel.classes else ""
        return f"Empty: the electric factors of the active factor set, where it has the class.{classes}"
    if fuel.source:
        return (
            f"{fuel.reduction_pct:g} % is a default of the neat fuel: {fuel.source}. Check it against the "
            "certificate of your fuel."
        )
    return "No figure is general enough to propose: take it from the certificate of your fuel."


def moves(rows: pd.DataFrame) -> dict[str, str]:
    """Supplier id to its words: lanes that both run, and what moving all of them would save or add."""
    found = {}
    for row in rows.sort_values("saved_kg", ascending=False, kind="stable").head(MOST).to_dict("records"):
        saved = row["saved_kg"]
        effect = f"{'saves' if saved >= 0 else 'adds'} {formats.mass(abs(saved))}"
        found[str(row["to_supplier"])] = (
            f"{row['to_name']}: {formats.counted(round(row['lanes']), 'lane')}, {effect}"
        )
    return found


_SAVED = ("saved_kg", "saved_low_kg", "saved_high_kg")


def _costs(rows: pd.DataFrame) -> str:
    known = rows[rows["extra_cost"].notna() & rows["currency"].notna()]
    if known.empty:
        return "cost not known"
    sums = known.groupby("currency", sort=False)["extra_cost"].sum().items()
    listed = " and ".join(words.money_words(float(cost), name) for name, cost in list(sums)[:2])
    return listed if len(known) == len(rows) else f"{listed} where the cost is known ({len(known)} lanes)"
