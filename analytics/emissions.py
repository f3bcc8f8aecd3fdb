"""Emissions of transport legs after ISO 14083 / the GLEC Framework, each with its range.

wtw_kg = weight_t × distance_km × DAF × (ttw + wtt factor); a hub leg: outbound tonnes × hub intensity.
A reported (primary) emission wins over the calculated one; both are kept.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from analytics.distances import AIR_EXTRA_KM, DETOUR
from analytics.uncertainty import DATA_TYPE_FACTOR, leg_range_factor
from data_access.factors import DEFAULT_FACTOR_SET, read_factors

__all__ = [
    "DEFAULT_CLASS",
    "DEFAULT_FACTOR_SET",
    "MissingFactor",
    "calculate",
    "daf",
    "load_factors",
    "ranges_by",
    "total_range",
]

SHORT_HAUL_KM = 1_500  # DESNZ: a flight below this is short-haul
AIR_UPLIFT = 1.08  # DESNZ air factors are per great-circle km and contain this uplift to flown km
# ISO 14083 / GLEC distance adjustment factors, actual ÷ shortest feasible; 1 where none is published.
_SFD_TO_ACTUAL = {"road": 1.05, "sea": 1.15, "rail": 1.0, "inland_waterway": 1.0}
# Great circle to shortest feasible: the detour that `analytics.distances` assumes on land; 1 elsewhere.
_GCD_TO_SFD = {**DETOUR, "sea": 1.0}
# What a leg without a vehicle class, or with one that the set lacks, is taken for. Listed by preference.
DEFAULT_CLASS = {
    "road": ("HGV average",),
    "rail": ("freight train",),
    "sea": ("container ship average", "waterborne craft"),
    "inland_waterway": ("waterborne craft",),
    "short-haul": ("short-haul", "aircraft average"),
    "long-haul": ("long-haul", "aircraft average"),
}
# DESNZ publishes no inland-waterway factor: such legs take EPA's, and their factor_id says so.
_FALLBACK_SET = "EPA Hub 2025"


class MissingFactor(ValueError):
    """No factor for a leg: a hub leg without intensity, or a mode that no set knows."""


def load_factors() -> pd.DataFrame:
    """All shipped factor sets, with the columns of `data_access.schema.emission_factors`."""
    return read_factors()


def calculate(
    legs: pd.DataFrame,
    factors: pd.DataFrame,
    *,
    factor_set: str = DEFAULT_FACTOR_SET,
    with_rf: bool = False,
) -> pd.DataFrame:
    """Emissions of each leg, in kg CO2e.

    Parameters
    ----------
    legs : DataFrame
        `mode`, `weight_kg`, `distance_km`; optional `vehicle_class`, `temperature_controlled`,
        `distance_basis` (actual, sfd, gcd; default actual), `distance_source` (reported, places, countries),
        `hub_kg_per_t` and `wtw_kg`, the emission that was reported with the leg.
    factors : DataFrame
        As `load_factors` gives it; may hold several sets.
    factor_set : str
        The set to use.
    with_rf : bool
        Aviation factors with radiative forcing.

    Returns
    -------
    DataFrame
        `legs` with its index, plus `factor_id`, `tonne_km`, `ttw_kg`, `wtt_kg`, `wtw_kg`, `low_kg`, `high_kg`
        (95 % range), `calculated_kg`, `reported_kg` and `data_type` (primary, modelled, default).

    Raises
    ------
    MissingFactor
        A hub leg without `hub_kg_per_t` and without a reported emission, or an unknown factor set.

    Notes
    -----
    ISO 14083:2023 §§ 6-9; GLEC Framework v3. Average-laden factors contain load factor and empty running.
    """
    kinds, kind_of = _kinds(legs)
    rates = _rates(kinds, _FactorBook(factors, factor_set, with_rf)).take(kind_of)
    weight_t = legs["weight_kg"].to_numpy("float64") / 1000.0
    distance_km = legs["distance_km"].to_numpy("float64")
    hub_kg_per_t = _optional(legs, "hub_kg_per_t", np.nan).to_numpy("float64")
    reported = _optional(legs, "wtw_kg", np.nan).to_numpy("float64")
    hub = rates["mode"].to_numpy() == "hub"
    primary = ~np.isnan(reported)
    _refuse_unknown(rates, hub & np.isnan(hub_kg_per_t) & ~primary, ~hub & ~primary, factor_set)

    adjusted = weight_t * np.maximum(
        distance_km * rates["daf"].to_numpy() + rates["offset_km"].to_numpy(), 0.0
    )
    # A hub intensity comes as one WTW figure: it is operation energy, booked as TTW.
    ttw = np.where(hub, weight_t * hub_kg_per_t, adjusted * rates["ttw_kg_per_unit"].to_numpy())
    calculated = np.where(hub, ttw, ttw + adjusted * rates["wtt_kg_per_unit"].to_numpy())
    wtw = np.where(primary, reported, calculated)
    with np.errstate(invalid="ignore", divide="ignore"):
        ttw = np.where(primary, wtw * np.where(calculated > 0, ttw / calculated, 1.0), ttw)
    spread = np.where(primary, rates["primary_spread"].to_numpy(), rates["spread"].to_numpy())
    return legs.assign(
        factor_id=rates["factor_id"].to_numpy(),
        tonne_km=weight_t * distance_km,
        ttw_kg=ttw,
        wtt_kg=wtw - ttw,
        wtw_kg=wtw,
        low_kg=wtw / spread,
        high_kg=wtw * spread,
        calculated_kg=calculated,
        reported_kg=reported,
        data_type=pd.Categorical.from_codes(
            np.where(primary, 0, np.where(rates["own_class"], 1, 2)), list(DATA_TYPE_FACTOR)
        ).astype("str"),
    )


def daf(mode: str, basis: str, factor_basis: str) -> float:
    """Distance adjustment factor from a leg's distance basis to the factor's; 1.0 when they are the same.

    Air is not here: its step between great circle and shortest feasible is 95 km, not a ratio.
    """
    if basis == factor_basis:
        return 1.0
    to_actual = {"actual": 1.0, "sfd": _SFD_TO_ACTUAL[mode], "gcd": _GCD_TO_SFD[mode] * _SFD_TO_ACTUAL[mode]}
    return to_actual[basis] / to_actual[factor_basis]


def total_range(
    wtw_kg: pd.Series, low_kg: pd.Series, high_kg: pd.Series, factor_id: pd.Series
) -> tuple[float, float]:
    """95 % range of a sum of legs, in kg CO2e.

    Legs of one factor share its error, so their deviations add up; different factors are independent, so
    theirs combine in quadrature. Sums per factor may be given instead of legs.
    """
    kg = {"wtw_kg": wtw_kg, "low_kg": low_kg, "high_kg": high_kg}
    sums = pd.DataFrame({"all": 0, "factor_id": factor_id, **kg})
    if sums.empty:
        return 0.0, 0.0
    low, high = ranges_by(sums, "all").iloc[0]
    return float(low), float(high)


def ranges_by(sums: pd.DataFrame, by: str) -> pd.DataFrame:
    """`total_range` of each group: columns low_kg and high_kg, indexed by the values of `by`.

    Parameters
    ----------
    sums : DataFrame
        `by`, `factor_id` (null: none, taken as one), `wtw_kg`, `low_kg`, `high_kg`; legs or sums of legs.
    """
    kg = ["wtw_kg", "low_kg", "high_kg"]
    per_factor = sums.assign(factor_id=sums["factor_id"].fillna("")).groupby([by, "factor_id"])[kg].sum()
    squares = pd.DataFrame(
        {
            "down": (per_factor["wtw_kg"] - per_factor["low_kg"]) ** 2,
            "up": (per_factor["high_kg"] - per_factor["wtw_kg"]) ** 2,
            "wtw_kg": per_factor["wtw_kg"],
        }
    )
    total = squares.groupby(level=0).sum()
    return pd.DataFrame(
        {
            "low_kg": total["wtw_kg"] - np.sqrt(total["down"]),
            "high_kg": total["wtw_kg"] + np.sqrt(total["up"]),
        }
    )


def _optional(legs: pd.DataFrame, column: str, default: object) -> pd.Series:
    return legs[column].fillna(default) if column in legs else pd.Series(default, index=legs.index)


def _kinds(legs: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """The distinct combinations that decide on a leg's factor, and which of them each leg is."""
    columns: dict[str, pd.Categorical] = {
        "mode": pd.Categorical(legs["mode"]),
        "vehicle_class": pd.Categorical(_optional(legs, "vehicle_class", "")),
        "chilled": pd.Categorical(_optional(legs, "temperature_controlled", False).eq(True)),
        "long_haul": pd.Categorical(legs["distance_km"] >= SHORT_HAUL_KM),
        "basis": pd.Categorical(_optional(legs, "distance_basis", "actual")),
        "source": pd.Categorical(_optional(legs, "distance_source", "reported")),
    }
    sizes = tuple(max(len(one.categories), 1) for one in columns.values())
    flat = np.ravel_multi_index(tuple(one.codes.astype("int64") for one in columns.values()), sizes)
    distinct, kind_of = np.unique(flat, return_inverse=True)
    codes = np.unravel_index(distinct, sizes)
    table = {
        name: one.categories.take(code) for (name, one), code in zip(columns.items(), codes, strict=True)
    }
    return pd.DataFrame(table), kind_of


def _rates(kinds: pd.DataFrame, book: _FactorBook) -> pd.DataFrame:
    """Factor, distance adjustment and range factor of each kind of leg, one row a kind."""
    rows = []
    for kind in kinds.itertuples():
        mode, basis, source = str(kind.mode), str(kind.basis), str(kind.source)
        found = book.find(mode, str(kind.vehicle_class), bool(kind.chilled), bool(kind.long_haul))
        scale, offset = _adjustment(mode, basis, found.distance_basis)
        spread = leg_range_factor("modelled" if found.own_class else "default", source)
        rows.append((mode, *found, scale, offset, spread, leg_range_factor("primary", source)))
    added = ("daf", "offset_km", "spread", "primary_spread")
    return pd.DataFrame(rows, columns=["mode", *_Found._fields, *added])


class _Found(NamedTuple):
    factor_id: str | None
    ttw_kg_per_unit: float
    wtt_kg_per_unit: float
    distance_basis: str
    own_class: bool


class _FactorBook:
    """The factors of one set, found by mode, class and temperature control."""

    def __init__(self, factors: pd.DataFrame, factor_set: str, with_rf: bool) -> None:
        if not len(factors[factors["factor_set"] == factor_set]):
            known = ", ".join(sorted(factors["factor_set"].unique()))
            raise MissingFactor(f"There is no factor set {factor_set!r}; choose one of {known}.")
        fitting = factors[
            (factors["mode"] != "air") | (factors["with_rf"] == with_rf) | ~_has_rf_pair(factors)
        ]
        self._sets = [_index(fitting, name) for name in (factor_set, _FALLBACK_SET)]

    def find(self, mode: str, vehicle_class: str, chilled: bool, long_haul: bool) -> _Found:
        """The leg's own class in the set, else the mode's default; then the same in the fallback set."""
        if mode == "hub":
            return _Found(None, np.nan, np.nan, "actual", own_class=True)
        haul = ("long-haul" if long_haul else "short-haul") if mode == "air" else mode
        for one_set in self._sets:
            for name in filter(None, (vehicle_class, *DEFAULT_CLASS.get(haul, ()))):
                for cold in (True, False) if chilled else (False,):
                    found = one_set.get((mode, _fold(name), cold))
                    if found is not None:
                        return found._replace(own_class=name == vehicle_class)
        return _Found(None, np.nan, np.nan, "actual", own_class=False)


def _index(factors: pd.DataFrame, factor_set: str) -> dict[tuple[str, str, bool], _Found]:
    rows = factors[factors["factor_set"] == factor_set]
    return {
        (str(row.mode), _fold(row.vehicle_class), bool(row.temperature_controlled)): _Found(
            row.factor_id, row.ttw_kg_per_unit, row.wtt_kg_per_unit, row.distance_basis, own_class=False
        )
        for row in rows.itertuples()
    }


def _has_rf_pair(factors: pd.DataFrame) -> pd.Series:
    """Sets that offer both variants; one without (EPA) keeps its only factor under either switch."""
    return factors.groupby("factor_set")["with_rf"].transform("any")


def _fold(name: object) -> str:
    return " ".join(str(name).casefold().split())


def _refuse_unknown(
    rates: pd.DataFrame, bare_hub: np.ndarray, calculated: np.ndarray, factor_set: str
) -> None:
    if bare_hub.any():
        raise MissingFactor(
            f"{int(bare_hub.sum())} hub legs have no intensity: give hub_kg_per_t (kg CO2e per tonne) "
            "or the reported wtw_kg."
        )
    unknown = calculated & rates["factor_id"].isna().to_numpy()
    if unknown.any():
        modes = ", ".join(sorted(set(rates["mode"][unknown])))
        raise MissingFactor(f"Factor set {factor_set!r} has no factor for {modes}.")


def _adjustment(mode: str, basis: str, factor_basis: str) -> tuple[float, float]:
    """Scale and offset in km that lead from a leg's distance to the factor's."""
    if mode == "hub" or basis == factor_basis:
        return 1.0, 0.0
    if mode != "air":
        return daf(mode, basis, factor_basis), 0.0
    # Through the great circle: shortest feasible is 95 km more, flown is 8 % more.
    scale, offset = {"gcd": (1.0, 0.0), "sfd": (1.0, -AIR_EXTRA_KM), "actual": (1 / AIR_UPLIFT, 0.0)}[basis]
    if factor_basis == "gcd":
        return scale, offset
    return (
        (scale * AIR_UPLIFT, offset * AIR_UPLIFT)
        if factor_basis == "actual"
        else (scale, offset + AIR_EXTRA_KM)
    )
