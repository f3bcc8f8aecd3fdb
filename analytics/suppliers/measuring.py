"""From the sums of SQL to all that a score is made of; no weight changes it, so it can be kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.suppliers import parts
from analytics.suppliers.choice import Choice, mode_choice
from analytics.suppliers.expected import Compared, compare
from analytics.suppliers.jobs import (
    ADDED,
    JOB,
    MASS_LEVELS,
    MASSES,
    PART_LOADS,
    Sums,
    kept_legs,
    split_sums,
    summed,
    sums_of,
    with_regions,
)
from analytics.suppliers.results import PARTS, SuppliersUnavailable
from analytics.suppliers.shrinkage import Z95

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Comparison", "Measured", "comparison_of", "measure"]

FEWEST_SUPPLIERS = 2
_THIS_YEAR, _YEAR_BEFORE, _SELECTED = (1,), (0, 2), (1, 2, 3)
_DATA_TYPES = ("primary", "modelled", "default")


@dataclass(frozen=True)
class Measured:
    """All that a ranking needs, whatever the weights; `scored` turns it into one.

    Attributes
    ----------
    frame : DataFrame
        One row per supplier that can be compared, sorted by supplier_id: supplier_id, name, country, sector,
        tier, legs, shipments, tonne_km, observed_kg, expected_kg, ratio_raw, ratio, ratio_low, ratio_high,
        peers, compared_share; for each part p: p_raw, p_value, p_centre, p_deviation, p_known; and the
        figures of the evidence.
    chosen : tuple of str
        The suppliers that the filters ask for; empty for all.
    """

    frame: pd.DataFrame
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """Suppliers job by job in the selection.

    Attributes
    ----------
    legs : DataFrame
        Sums over the kept legs by supplier, job, product group and stretch.
    jobs : DataFrame
        The same by supplier and job, in the order of `sums`.
    """

    suppliers: pd.Index
    legs: pd.DataFrame
    jobs: pd.DataFrame
    sums: Sums
    found: Compared


def comparison_of(legs: pd.DataFrame) -> Comparison:
    """Compare the kept legs of the selection.

    Raises
    ------
    SuppliersUnavailable
        When fewer than two suppliers have legs that can be compared.
    """
    chosen = legs[legs["stretch"].isin(_SELECTED) & (legs["tonne_km"] > 0)]
    suppliers = pd.Index(sorted(chosen["supplier_id"].unique()), dtype=object)
    jobs = chosen.groupby(["supplier_id", *JOB], as_index=False, sort=True, dropna=False)[list(ADDED)].sum()
    if len(suppliers) < FEWEST_SUPPLIERS:
        raise SuppliersUnavailable(_too_few(len(suppliers)))
    sums = sums_of(jobs, suppliers)
    found = compare(sums)
    if int(np.isfinite(found.log_ratio).sum()) < FEWEST_SUPPLIERS:
        raise SuppliersUnavailable(
            "No two suppliers of this selection ship by the same mode, so there is nothing to compare them "
            "by. Choose a longer period or fewer filters."
        )
    return Comparison(suppliers, chosen, jobs, sums, found)


def measure(
    every: pd.DataFrame,
    flagged: pd.DataFrame,
    flows: pd.DataFrame,
    known: pd.DataFrame,
    chosen: tuple[str, ...] = (),
) -> tuple[Measured, Comparison]:
    """Compare, and judge all parts.

    Parameters
    ----------
    every, flagged : DataFrame
        As `supplier_queries.job_sums` gives them.
    flows : DataFrame
        As `chain_queries.lane_choices` gives it.
    known : DataFrame
        As `supplier_queries.known_suppliers` gives it.

    Raises
    ------
    SuppliersUnavailable
    """
    every, flagged = with_regions(every), with_regions(flagged)
    legs = kept_legs(every, flagged)
    comparison = comparison_of(legs)
    suppliers, found = comparison.suppliers, comparison.found
    estimates: dict[str, parts.Estimate] = {}
    estimates["efficiency"], mean, deviation = parts.efficiency(found)
    choice = mode_choice(flows, suppliers)
    estimates["mode_choice"] = parts.mode_choice(choice)
    estimates["consolidation"], load_figures = _consolidation(comparison)
    estimates["data_quality"], quality_figures = _quality(every, flagged, suppliers)
    estimates["trend"] = _trend(legs, suppliers)
    frame = pd.DataFrame(
        {
            "supplier_id": suppliers,
            "legs": found.legs.astype(np.int64),
            "shipments": _shipments(comparison),
            "tonne_km": found.size,
            "observed_kg": found.observed,
            "expected_kg": found.expected,
            "ratio_raw": np.exp(found.log_ratio),
            "ratio": np.exp(mean),
            "ratio_low": np.exp(mean - Z95 * deviation),
            "ratio_high": np.exp(mean + Z95 * deviation),
            "peers": found.peers,
            "compared_share": _share(found.observed, quality_figures["kg"]),
        }
    ).assign(**_choice_figures(choice), **load_figures, **quality_figures)
    columns = {
        f"{part}_{name}": getattr(estimates[part], name)
        for part in PARTS
        for name in ("raw", "value", "centre", "deviation", "known")
    }
    frame = pd.concat([frame, pd.DataFrame(columns)], axis=1)
    frame = frame[np.isfinite(found.log_ratio)].reset_index(drop=True)
    return Measured(_named(frame, known), chosen), comparison


def _too_few(suppliers: int) -> str:
    what = "no supplier has" if suppliers == 0 else "one supplier only has"
    return (
        f"Suppliers are compared with each other, and in what you see {what} legs that can be compared. "
        "Choose a longer period or fewer filters."
    )


def _named(frame: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    named = frame.merge(known, on="supplier_id", how="left")
    named["name"] = named["name"].fillna(named["supplier_id"])
    first = ["supplier_id", "name", "country", "sector", "tier"]
    return named[[*first, *(column for column in frame.columns if column != "supplier_id")]]


def _shipments(comparison: Comparison) -> NDArray[np.int64]:
    return _by(comparison, comparison.jobs["shipments"]).astype(np.int64)


def _by(comparison: Comparison, values: pd.Series) -> NDArray[np.float64]:
    """Sums over the jobs that have peers, by supplier."""
    compared = np.isfinite(comparison.found.rows.rate)
    usable = np.where(compared, values.to_numpy(dtype=float), 0.0)
    return summed(comparison.sums.supplier, usable, len(comparison.suppliers))


def _consolidation(comparison: Comparison) -> tuple[parts.Estimate, dict[str, NDArray[np.float64]]]:
    legs, suppliers = comparison.legs, comparison.suppliers
    masses = compare(sums_of(legs, suppliers, MASS_LEVELS, what=MASSES), typical=True)
    road = sums_of(legs[legs["mode"] == "road"], suppliers, MASS_LEVELS, what=PART_LOADS)
    loads = compare(road)
    estimate = parts.consolidation(masses, road, loads)
    with np.errstate(divide="ignore", invalid="ignore"):
        figures = {
            "mass_legs": masses.legs,
            "mass_legs_expected": masses.expected,
            "mass_ratio_raw": np.exp(masses.log_ratio),
            "road_legs": loads.legs,
            "part_load_share": loads.observed / loads.legs,
            "part_load_share_expected": loads.expected / loads.legs,
        }
    return estimate, figures


def _quality(
    every: pd.DataFrame, flagged: pd.DataFrame, suppliers: pd.Index
) -> tuple[parts.Estimate, dict[str, NDArray[np.float64]]]:
    """Over all legs of the selection, hubs and flagged ones too."""
    chosen = every[every["stretch"].isin(_SELECTED)]
    kg = chosen.pivot_table("wtw_kg", "supplier_id", "data_type", aggfunc="sum", fill_value=0.0)
    kg = kg.reindex(index=suppliers, columns=list(_DATA_TYPES), fill_value=0.0).to_numpy(dtype=float)
    sums = chosen.groupby("supplier_id")[["legs", "kg_sq", "wtw_kg"]].sum().reindex(suppliers, fill_value=0.0)
    bad = flagged[flagged["stretch"].isin(_SELECTED)].groupby("supplier_id")["wtw_kg"].sum()
    flagged_kg = bad.reindex(suppliers, fill_value=0.0).to_numpy(dtype=float)
    total, squares = sums["wtw_kg"].to_numpy(dtype=float), sums["kg_sq"].to_numpy(dtype=float)
    even = np.divide(total**2, squares, out=np.zeros_like(total), where=squares > 0)
    estimate = parts.data_quality(kg, flagged_kg, sums["legs"].to_numpy(dtype=float), even)
    figures = {
        "kg": total,
        "primary_share": _share(kg[:, 0], total),
        "modelled_share": _share(kg[:, 1], total),
        "flagged_share": _share(flagged_kg, total),
        "all_legs": sums["legs"].to_numpy(dtype=float),
    }
    return estimate, figures


def _trend(legs: pd.DataFrame, suppliers: pd.Index) -> parts.Estimate:
    """The last year of the selection against the year before, which may lie outside of it."""
    dated = legs[legs["stretch"].isin((*_THIS_YEAR, *_YEAR_BEFORE)) & legs["supplier_id"].isin(suppliers)]
    dated = dated.assign(now=dated["stretch"].isin(_THIS_YEAR))
    this_year, year_before = split_sums(dated, suppliers, "now")
    return parts.trend(compare(this_year), compare(year_before))


def _choice_figures(choice: Choice) -> dict[str, NDArray[np.float64]]:
    return {"judged_share": choice.judged, "judged_shipments": choice.shipments}


def _share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)
