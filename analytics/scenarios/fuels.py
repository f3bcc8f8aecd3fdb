"""Which fuels a mode can switch to, and where a figure for them could come from.

A default is offered for the user to check and is never taken silently: what a fuel saves depends on its
feedstock and on how it was made, which only its certificate says.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FuelOption", "fuel_options"]

_RED_II = (
    "Directive (EU) 2018/2001 (RED II), Annex V part A: default saving of hydrotreated oil from waste "
    "cooking oil, against 94 g CO2e/MJ of fossil fuel"
)
_CORSIA = (
    "ICAO, CORSIA Default Life Cycle Emissions Values: HEFA from used cooking oil 13.9 g CO2e/MJ, against 89 "
    "of jet fuel"
)
_LAND_AND_WATER = ("road", "rail", "sea", "inland_waterway")


@dataclass(frozen=True)
class FuelOption:
    """A fuel for a mode.

    Attributes
    ----------
    mode, fuel : str
        As `levers.SwitchFuel` takes them.
    title : str
        What to call it: "HVO from waste cooking oil".
    from_table : bool
        The active factor set has factors for it, by class: no figure is needed.
    reduction_pct : float or None
        What could be filled in, well-to-wheel, of the neat fuel; None where no figure is general enough.
    source : str
        Where that figure comes from; "" without one.
    classes : tuple of str
        With `from_table`: classes that have an electric factor.
    """

    mode: str
    fuel: str
    title: str
    from_table: bool = False
    reduction_pct: float | None = None
    source: str = ""
    classes: tuple[str, ...] = ()


def fuel_options(electric_classes: tuple[str, ...]) -> tuple[FuelOption, ...]:
    """All fuels by mode; `electric_classes`: road classes with an electric factor in the active set."""
    found = [
        FuelOption("road", "electric", "Electric vehicles of the same class", True, classes=electric_classes)
    ] * bool(electric_classes)
    found += [
        FuelOption(mode, "hvo", "HVO from waste cooking oil", reduction_pct=87.0, source=_RED_II)
        for mode in _LAND_AND_WATER
    ]
    # 1 − 13.9 ÷ 89
    found.append(FuelOption("air", "saf", "SAF (HEFA) from used cooking oil", False, 84.4, _CORSIA))
    found += [FuelOption(mode, "electric", "Electric, by your own figure") for mode in ("road", "rail")]
    found += [FuelOption(mode, "other", "Another fuel") for mode in (*_LAND_AND_WATER, "air")]
    return tuple(found)
