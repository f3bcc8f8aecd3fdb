"""What scenarios are calculated from, what a lever can choose, and what comes out. Everything is per year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from analytics.scenarios.evidence import Ways
    from analytics.scenarios.fuels import FuelOption
    from analytics.scenarios.levers import Scenario
    from analytics.scenarios.year import Book, Year

__all__ = ["Baseline", "Options", "ScenarioResult"]


@dataclass(frozen=True, eq=False)
class Baseline:
    """A year as it is now, in cells, with what is known of other ways to do the same. Picklable.

    Attributes
    ----------
    key : str
        Another one for each baseline.
    cells : DataFrame
        One row per `baseline.KEYS`, with shipments, weight_kg (both of chains, in the cell of the first
        leg), tonne_km, adjusted_tkm (× distance adjustment), wtw_kg, low_kg, high_kg, per year.
    year, mixes, book : Year, Year, Book
        The same as codes; all cells that are evidence; and what the codes mean.
    flows, shift_frame, shifts, joins, join_shares, factors
        Evidence: see `evidence.py`, `joins.py` and `baseline.unit_factors`.
    now_kg, low_kg, high_kg : float
        The year's kg CO2e with its 95 % range.
    out_of_reach_kg : float
        Of them in flagged or incomplete chains: in every total, changed by growth only.
    days : float
        Days of data that the year is scaled from; `start`, `end`: first and last departure among them.
    factor_set : str
        The active one: what vehicle classes and electric vehicles emit.
    names : dict of str
        supplier_id to name.
    notes : tuple of str
        What must be known about it: a short period, flagged legs.
    """

    key: str
    cells: pd.DataFrame
    year: Year
    mixes: Year
    book: Book
    flows: pd.DataFrame
    shifts: Ways
    shift_frame: pd.DataFrame
    joins: pd.DataFrame
    join_shares: NDArray[np.float64]
    factors: pd.DataFrame
    now_kg: float
    low_kg: float
    high_kg: float
    out_of_reach_kg: float
    days: float
    start: datetime | None
    end: datetime | None
    factor_set: str
    names: dict[str, str]
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Options:
    """What the levers can choose, with figures per year; largest first.

    Attributes
    ----------
    shifts : DataFrame
        lane, from_mode, to_mode, suppliers, shipments, weight_kg, now_kg, then_kg, saved_kg, saved_low_kg,
        saved_high_kg, extra_days (NaN unknown), extra_cost (NaN unknown), currency, evidence ("same lane",
        "same countries"), evidence_shipments, evidence_suppliers, clear (saves over its whole range).
    joins : DataFrame
        lane, mode, supplier_id, supplier_name, legs, now_kg, saved_kg, saved_low_kg, saved_high_kg,
        days_apart.
    classes : DataFrame
        mode, vehicle_class, kg_per_tkm (active factor set, not chilled), tonne_km and wtw_kg that run in it
        now (0 where none).
    fuels : tuple of FuelOption
        Which fuels each mode offers, with citable defaults where there are any.
    suppliers : DataFrame
        supplier_id, supplier_name, wtw_kg.
    moves : DataFrame
        from_supplier, to_supplier, from_name, to_name, lanes, shipments, weight_kg, saved_kg (negative:
        more), saved_low_kg, saved_high_kg: freight that the other one carries on the same lanes, too.
    lanes : DataFrame
        lane, modes (main modes, as text), wtw_kg.
    modes : DataFrame
        mode (main mode of chains), wtw_kg, tonne_km.
    """

    shifts: pd.DataFrame
    joins: pd.DataFrame
    classes: pd.DataFrame
    fuels: tuple[FuelOption, ...]
    suppliers: pd.DataFrame
    moves: pd.DataFrame
    lanes: pd.DataFrame
    modes: pd.DataFrame


@dataclass(frozen=True, eq=False)
class ScenarioResult:
    """A year after all levers, in their order.

    Attributes
    ----------
    now_kg, now_low_kg, now_high_kg, then_kg, then_low_kg, then_high_kg : float
        kg CO2e per year with 95 % ranges. Both ranges share most of their errors: for what is saved, read
        saved_low_kg and saved_high_kg.
    saved_kg, saved_low_kg, saved_high_kg : float
        now_kg − then_kg exactly; its ends are the sums of the steps' ends.
    steps : DataFrame
        One row a lever, in order: lever (its kind), description, saved_kg, saved_low_kg, saved_high_kg,
        alone_saved_kg, alone_low_kg, alone_high_kg (pulled by itself), extra_cost, currency (that of most
        of the kg; NaN and None unknown), cost_per_t (per t CO2e saved where the cost is known; NaN where
        unknown or nothing is saved), extra_days (NaN unknown), shipments, tonnes, note.
    costs : DataFrame
        step (0..), currency, extra_cost, saved_kg (with a known cost), cost_per_t: a row a currency.
    changed : DataFrame
        supplier_id, lane, mode (main mode of chains), now_kg, then_kg, saved_kg; what changed only.
    by_mode : DataFrame
        mode (of legs), now_kg, then_kg, now_tonne_km, then_tonne_km.
    warnings : tuple of str
        One sentence each.
    """

    scenario: Scenario
    now_kg: float
    now_low_kg: float
    now_high_kg: float
    then_kg: float
    then_low_kg: float
    then_high_kg: float
    saved_kg: float
    saved_low_kg: float
    saved_high_kg: float
    steps: pd.DataFrame
    costs: pd.DataFrame
    changed: pd.DataFrame
    by_mode: pd.DataFrame
    warnings: tuple[str, ...]
