"""What could be changed: levers, and a scenario that pulls several of them in order.

A lever checks itself when it is made, and goes to a plain dict and back without loss, for a saved scenario.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

from analytics.scenarios.checks import (
    ScenarioRefused,
    check_mode,
    check_price,
    check_share,
    check_text,
    checked_names,
    checked_number,
)

__all__ = [
    "FUELS",
    "LEVERS",
    "MOST_LEVERS",
    "ChangeVehicle",
    "Growth",
    "JoinLoads",
    "Lever",
    "MoveVolume",
    "Scenario",
    "ScenarioRefused",
    "ShiftMode",
    "SwitchFuel",
    "lever_from_dict",
]

FUELS = ("electric", "hvo", "saf", "other")
MOST_LEVERS = 20
_MOST_NAME = 120
_MOST_GROWTH_PCT = 1_000.0
_FUEL_NAME = {"electric": "electricity", "hvo": "HVO", "saf": "SAF", "other": "another fuel"}
_LISTS = ("lanes", "suppliers", "classes", "modes")
_NUMBERS = ("share", "max_extra_days", "reduction_pct", "kg_per_tkm", "extra_cost_per_tkm", "pct")


@dataclass(frozen=True, kw_only=True)
class Lever:
    """One change. Empty `lanes` and `suppliers` mean all; a lane is "origin → destination" of the chain."""

    KIND: ClassVar[str] = ""
    TITLE: ClassVar[str] = ""

    lanes: tuple[str, ...] = ()
    suppliers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if one.name in _LISTS:
                object.__setattr__(self, one.name, checked_names(value, one.name))
            elif one.name in _NUMBERS and value is not None:
                object.__setattr__(self, one.name, checked_number(value, one.name))
        self._check()

    def _check(self) -> None:
        """Refuse what makes no sense."""

    def describe(self) -> str:
        """One line: what the lever does and to what."""
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """Plain values with `kind`; what stands at its default is left out."""
        found: dict[str, Any] = {"kind": self.KIND}
        for one in fields(self):
            value = getattr(self, one.name)
            if value != one.default:
                found[one.name] = list(value) if isinstance(value, tuple) else value
        return found

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The lever of these values.

        Raises
        ------
        ScenarioRefused
            For an unknown key, a missing one, or a value that makes no sense.
        """
        given = {name: value for name, value in values.items() if name != "kind"}
        known = {one.name for one in fields(cls)}
        if unknown := sorted(set(map(str, given)) - known):
            raise ScenarioRefused(f"“{cls.TITLE}” does not know {', '.join(unknown)}: leave it out.")
        try:
            return cls(**given)
        except TypeError:
            raise ScenarioRefused(f"“{cls.TITLE}” lacks a value: fill in every field.") from None

    def _where(self) -> str:
        lanes = _listed(self.lanes, "lane", " on ")
        return lanes + _listed(self.suppliers, "supplier", " of ")


@dataclass(frozen=True, kw_only=True)
class ShiftMode(Lever):
    """Move whole transport chains from one main mode to another that already runs there.

    Without `lanes`: every lane where that clearly saves. With them: those, wherever there is evidence.
    Chains that would take longer by more than `max_extra_days`, or whose time is not known, then stay.
    """

    KIND: ClassVar[str] = "shift_mode"
    TITLE: ClassVar[str] = "Shift to another mode"

    from_mode: str
    to_mode: str
    share: float = 1.0
    max_extra_days: float | None = None

    def _check(self) -> None:
        check_mode(self.from_mode)
        check_mode(self.to_mode)
        check_share(self.share)
        if self.from_mode == self.to_mode:
            raise ScenarioRefused("A shift needs two different modes: choose another one to move to.")

    def describe(self) -> str:
        lanes = self._where() or " on every lane where it clearly saves"
        limit = "" if self.max_extra_days is None else f", at most {self.max_extra_days:g} days longer"
        what = f"{_pct(self.share)} of {_name(self.from_mode)} freight to {_name(self.to_mode)}"
        return f"Move {what}{lanes}{limit}"


@dataclass(frozen=True, kw_only=True)
class JoinLoads(Lever):
    """Let loads of one lane that leave within two days of each other run as one, where they fit together."""

    KIND: ClassVar[str] = "join_loads"
    TITLE: ClassVar[str] = "Join loads"

    share: float = 1.0

    def _check(self) -> None:
        check_share(self.share)

    def describe(self) -> str:
        return f"Join {_pct(self.share)} of the loads that fit together{self._where()}"


@dataclass(frozen=True, kw_only=True)
class ChangeVehicle(Lever):
    """Run legs of a mode in another vehicle class; `from_class` None: whatever class they run in now."""

    KIND: ClassVar[str] = "change_vehicle"
    TITLE: ClassVar[str] = "Change the vehicle class"

    mode: str
    to_class: str
    from_class: str | None = None
    share: float = 1.0
    extra_cost_per_tkm: float | None = None
    currency: str | None = None

    def _check(self) -> None:
        check_mode(self.mode)
        check_share(self.share)
        check_text(self.to_class, "the class to change to")
        if self.from_class is not None:
            check_text(self.from_class, "the class to change from")
        if self.mode == "air":
            raise ScenarioRefused(
                "Flights have no class to choose: the distance says which factor they take."
            )
        if self.from_class == self.to_class:
            raise ScenarioRefused("A change needs two different classes: choose another one to change to.")
        check_price(self.extra_cost_per_tkm, self.currency)

    def describe(self) -> str:
        now = f"in {self.from_class} " if self.from_class else ""
        return f"Run {_pct(self.share)} of {_name(self.mode)} {now}in {self.to_class} instead{self._where()}"


@dataclass(frozen=True, kw_only=True)
class SwitchFuel(Lever):
    """Run legs of a mode on another fuel.

    What it then emits: `reduction_pct` less than now (well-to-wheel), or `kg_per_tkm` (kg CO2e per
    tonne-km, well-to-wheel, per km really driven). Without both, electric legs take the electric factor of
    their class out of the factor table; other fuels have none there.
    """

    KIND: ClassVar[str] = "switch_fuel"
    TITLE: ClassVar[str] = "Switch the fuel"

    mode: str
    fuel: str
    share: float = 1.0
    reduction_pct: float | None = None
    kg_per_tkm: float | None = None
    classes: tuple[str, ...] = ()
    extra_cost_per_tkm: float | None = None
    currency: str | None = None

    def _check(self) -> None:
        check_mode(self.mode)
        check_share(self.share)
        if self.fuel not in FUELS:
            raise ScenarioRefused(f"There is no fuel {self.fuel!r}: choose one of {', '.join(FUELS)}.")
        if self.reduction_pct is not None and self.kg_per_tkm is not None:
            raise ScenarioRefused("Give either the reduction or the factor of the new fuel, not both.")
        if self.reduction_pct is not None and not -100.0 <= self.reduction_pct <= 100.0:
            raise ScenarioRefused("The reduction by the new fuel lies between -100 and 100 %.")
        if self.kg_per_tkm is not None and self.kg_per_tkm < 0:
            raise ScenarioRefused("The factor of the new fuel is 0 kg CO2e per tonne-km or more.")
        if self.fuel != "electric" and self.reduction_pct is None and self.kg_per_tkm is None:
            raise ScenarioRefused(
                f"The factor table has no {_FUEL_NAME[self.fuel]}: give its reduction in %, well-to-wheel, "
                "or its kg CO2e per tonne-km."
            )
        check_price(self.extra_cost_per_tkm, self.currency)

    def describe(self) -> str:
        how = ""
        if self.reduction_pct is not None:
            how = f" ({self.reduction_pct:g} % less)"
        elif self.kg_per_tkm is not None:
            how = f" ({self.kg_per_tkm:g} kg CO2e per tonne-km)"
        classes = _listed(self.classes, "class", " in ")
        fuel = _FUEL_NAME[self.fuel]
        return f"Run {_pct(self.share)} of {_name(self.mode)}{classes} on {fuel}{how}{self._where()}"


@dataclass(frozen=True, kw_only=True)
class MoveVolume(Lever):
    """Give freight of one supplier to another one, at what that one emits for the same job."""

    KIND: ClassVar[str] = "move_volume"
    TITLE: ClassVar[str] = "Move volume to another supplier"

    from_supplier: str
    to_supplier: str
    share: float = 1.0

    def _check(self) -> None:
        check_text(self.from_supplier, "the supplier to move from")
        check_text(self.to_supplier, "the supplier to move to")
        check_share(self.share)
        if self.suppliers:
            raise ScenarioRefused("Moving volume takes two suppliers, and no list of them: leave it out.")
        if self.from_supplier == self.to_supplier:
            raise ScenarioRefused(
                "Moving volume needs two different suppliers: choose another one to move to."
            )

    def describe(self) -> str:
        who = f"from {self.from_supplier} to {self.to_supplier}"
        return f"Move {_pct(self.share)} of the freight {who}{self._where()}"


@dataclass(frozen=True, kw_only=True)
class Growth(Lever):
    """More freight of the same kind, or less (negative), by a percentage; `modes`: main modes of chains."""

    KIND: ClassVar[str] = "growth"
    TITLE: ClassVar[str] = "Growth"

    pct: float
    modes: tuple[str, ...] = ()

    def _check(self) -> None:
        if not -100.0 <= self.pct <= _MOST_GROWTH_PCT:
            raise ScenarioRefused(f"Growth lies between -100 and {_MOST_GROWTH_PCT:,.0f} %.")
        for mode in self.modes:
            check_mode(mode)

    def describe(self) -> str:
        modes = " by " + " and ".join(map(_name, self.modes)) if self.modes else ""
        return (
            f"Freight{modes} {'grows' if self.pct >= 0 else 'shrinks'} by {abs(self.pct):g} %{self._where()}"
        )


LEVERS: dict[str, type[Lever]] = {
    one.KIND: one for one in (ShiftMode, JoinLoads, ChangeVehicle, SwitchFuel, MoveVolume, Growth)
}


@dataclass(frozen=True)
class Scenario:
    """Levers in the order in which they are pulled, under a name."""

    name: str
    levers: tuple[Lever, ...]

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip():
            raise ScenarioRefused("A scenario needs a name.")
        if len(self.name) > _MOST_NAME:
            raise ScenarioRefused(f"The name of a scenario has at most {_MOST_NAME} characters.")
        object.__setattr__(self, "levers", tuple(self.levers))
        if len(self.levers) > MOST_LEVERS:
            raise ScenarioRefused(f"A scenario has at most {MOST_LEVERS} levers: join some of them.")

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "levers": [lever.to_dict() for lever in self.levers]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The scenario of these values.

        Raises
        ------
        ScenarioRefused
            When anything is unknown, missing or senseless.
        """
        if not isinstance(values, Mapping) or set(values) != {"name", "levers"}:
            raise ScenarioRefused(
                "This is no scenario: it has a name and a list of levers, and nothing else."
            )
        if not isinstance(values["levers"], (list, tuple)):
            raise ScenarioRefused("The levers of a scenario are a list.")
        return cls(values["name"], tuple(lever_from_dict(one) for one in values["levers"]))


def lever_from_dict(values: Mapping[str, Any]) -> Lever:
    """The lever of its `kind`.

    Raises
    ------
    ScenarioRefused
        For an unknown kind, and as `Lever.from_dict`.
    """
    kind = values.get("kind") if isinstance(values, Mapping) else None
    if not isinstance(kind, str) or kind not in LEVERS:
        raise ScenarioRefused(f"There is no lever {kind!r}: use one of {', '.join(LEVERS)}.")
    return LEVERS[kind].from_dict(values)


def _name(mode: str) -> str:
    return mode.replace("_", " ")


def _pct(share: float) -> str:
    return f"{share * 100:.10g} %"


def _listed(names: tuple[str, ...], thing: str, before: str) -> str:
    if not names:
        return ""
    many = "classes" if thing == "class" else f"{thing}s"
    return before + (names[0] if len(names) == 1 else f"{len(names)} {many}")
