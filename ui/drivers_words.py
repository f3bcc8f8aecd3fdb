"""The drivers in words: names of features and values, effects in % and kg, and a sentence per finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui import formats
from ui.theme import mode_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.drivers import Accuracy, Comparison, Driver, DriverModel, Target

__all__ = [
    "CAVEAT",
    "FEATURE_LABELS",
    "FIGURES",
    "accuracy_note",
    "change_pct",
    "comparison_finding",
    "dependence_finding",
    "explained",
    "headline",
    "kg",
    "kg_note",
    "left_out",
    "typical",
    "value",
]

FEATURE_LABELS = {
    "mode": "Mode",
    "vehicle_class": "Vehicle class",
    "lane": "Lane",
    "distance_km": "Distance",
    "weight_kg": "Mass",
    "supplier_id": "Supplier",
    "product_group": "Product group",
    "month": "Month",
}
FIGURES: dict[Target, str] = {"intensity": "Intensity", "emission": "Emissions of a leg"}
_IN_TEXT: dict[Target, str] = {"intensity": "intensity", "emission": "emissions"}
CAVEAT = (
    "An effect says how legs differ, not what would happen if you changed one thing. Features that go "
    "together, such as a mode and its vehicle class, or a supplier and its lanes, share their effect, and "
    "the model may give one what belongs to the other. What the model does not see, such as load factor or "
    "fuel, shows up in what goes with it. Test a change before you count on it."
)


def value(feature: str, level: str, names: Mapping[str, str]) -> str:
    """A feature's value as people write it; `names` are the suppliers'."""
    if level == "other":
        return "others"
    if feature == "mode":
        return mode_label(level)
    return names.get(level, level) if feature == "supplier_id" else level


def change_pct(pct: float) -> str:
    """A signed change: +407 %, −2.4 %, ±0 %."""
    if abs(pct) < 0.05:
        return "±0 %"
    digits = 0 if abs(pct) >= 9.95 else 1
    return f"{pct:+,.{digits}f} %".replace("-", "−")


def kg(amount_kg: float) -> str:
    """A signed mass: +8.7 t, −3.1 t."""
    text = formats.mass(amount_kg)
    return text if text.startswith("−") or text == "0 kg" else f"+{text}"


def typical(model: DriverModel | Comparison, figure: float) -> str:
    """A figure of the model's kind with its unit."""
    return formats.intensity(figure) if model.target == "intensity" else formats.emissions(figure)


def headline(model: DriverModel, names: Mapping[str, str]) -> str:
    """What moves the figure most, from where to where."""
    first = model.drivers[0]
    low, high = first.lowest, first.highest
    return (
        f"{FEATURE_LABELS[first.feature]} moves the {_IN_TEXT[model.target]} of these legs most: from "
        f"{_level(first, low.level, names)} ({change_pct(low.effect_pct)}) to "
        f"{_level(first, high.level, names)} ({change_pct(high.effect_pct)}), against a typical leg"
    )


def dependence_finding(model: DriverModel, driver: Driver, names: Mapping[str, str]) -> str:
    """What one feature does."""
    label = FEATURE_LABELS[driver.feature]
    low, high = driver.lowest, driver.highest
    ends = (
        f"{value(driver.feature, low.level, names)} {change_pct(low.effect_pct)}, "
        f"{value(driver.feature, high.level, names)} {change_pct(high.effect_pct)}"
    )
    if max(abs(low.effect_pct), abs(high.effect_pct)) < 1.0:
        return f"{label} hardly matters: {ends}"
    if driver.trend:
        moves = "rise" if driver.trend == "rises" else "fall"
        verb = moves if model.target == "emission" else f"{moves}s"
        return f"{_IN_TEXT[model.target].capitalize()} {verb} with {label.lower()}: {ends}"
    return f"{label}: {ends}"


def kg_note(model: DriverModel, driver: Driver, names: Mapping[str, str]) -> str:
    """What the feature's outermost values make in kg CO2e."""
    mine = model.levels[model.levels["feature"] == driver.feature].set_index("level")["kg_per_leg"]
    ends = dict.fromkeys((driver.lowest.level, driver.highest.level))
    said = (
        f"{formats.plain(value(driver.feature, end, names))} {formats.plain(kg(mine[end]))}" for end in ends
    )
    return f"In the median leg of that kind: {', '.join(said)}."


def comparison_finding(found: Comparison, name: str) -> str:
    """How far a supplier's typical leg is from all, and the two features that set it apart most."""
    apart = typical(found, found.group_typical), typical(found, found.all_typical)
    start = f"{name} ships at {apart[0]}, {change_pct(found.difference_pct)} against {apart[1]} of all legs"
    most = [part for part in found.parts[:2] if abs(part.effect_pct) >= 1.0]
    if not most:
        return f"{start}; no feature sets it apart"
    parts = (f"{FEATURE_LABELS[part.feature].lower()} {change_pct(part.effect_pct)}" for part in most)
    return f"{start}: {', '.join(parts)}"


def explained(found: Accuracy) -> str:
    """R² in words: the share of the differences between legs that a prediction explains."""
    if found.r_squared <= 0:
        return "0 %"
    pct = found.r_squared * 100
    return ">99.9 %" if pct > 99.9 else f"{pct:.1f} %" if pct > 95 else f"{pct:.0f} %"


def accuracy_note(model: DriverModel) -> str:
    """How the model was tested, in a sentence or two."""
    test = model.validation
    if test is None:
        return (
            "The model could not be tested: too few legs departed before the others. "
            "Read its effects as a description of these legs only."
        )
    period = formats.day(test.tested_from), formats.day(test.tested_until)
    how = (
        f"Tested on {formats.counted(test.tested_legs, 'leg')} from {period[0]} to {period[1]}, each "
        "predicted from earlier legs only. Nine of ten predictions are within "
        f"{formats.percent(test.model.p90_error_pct / 100)}."
    )
    if test.useful:
        return how
    return f"{how} The model is no better than taking each mode's median: do not rely on the effects below."


def left_out(model: DriverModel) -> str:
    """Which legs and features the model does not look at; empty where it looks at all."""
    parts = []
    if model.without_distance:
        parts.append(f"{formats.counted(model.without_distance, 'leg')} without distance, such as hubs")
    if model.without_emission:
        parts.append(f"{formats.counted(model.without_emission, 'leg')} reported with no emission")
    said = [f"Left out: {' and '.join(parts)}."] if parts else []
    if model.constant:
        same = ", ".join(FEATURE_LABELS[name].lower() for name in model.constant)
        said.append(f"The same for all legs, so without an effect: {same}.")
    return " ".join(said)


def _level(driver: Driver, level: str, names: Mapping[str, str]) -> str:
    text = value(driver.feature, level, names)
    return text.lower() if driver.feature == "mode" else text
