"""Pairs of legs that could have run as one: same lane, within two days, in a vehicle that carries both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.recommendations.jobs import job_table
from analytics.recommendations.proposals import Proposal, counted, lanes_of, mode_name, shipments_in
from data_access.bands import WEIGHT_EDGES_KG
from data_access.recommendation_queries import JOB

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["WITHIN_DAYS", "consolidation_proposals", "pairs"]

WITHIN_DAYS = 2.0
_CELL = ["mode", "distance_band", "temperature_controlled"]
_TOGETHER = ["lane", "mode", "temperature_controlled", "product_group"]


def consolidation_proposals(legs: pd.DataFrame, rates: pd.DataFrame, supplier_id: str) -> list[Proposal]:
    """One proposal per lane and mode, largest saving first.

    A joint load emits what its legs emit now, times the rate per tonne-km of the joint weight band ÷ the rate
    of the leg's own band. Both rates are the supplier's own where each rests on enough legs, else those of
    all; without a clearly lower rate there is no proposal.

    Parameters
    ----------
    legs : DataFrame
        The supplier's legs that are free to take; the index is kept in `Proposal.rows`.
    rates : DataFrame
        `recommendation_queries.job_rates` of all that the user may see.
    """
    ratios = _band_ratios(rates, supplier_id)
    if not len(ratios):
        return []
    # Only legs of a cell and band that has something to gain need a partner.
    cells = ratios[_CELL].drop_duplicates()
    free = legs[legs["lane"].notna()].reset_index(names="row").merge(cells, on=_CELL)
    if not len(free):
        return []
    most = ratios.groupby(_CELL)["weight_most_kg"].max().rename("cell_most_kg").reset_index()
    free = free.merge(most, on=_CELL)
    joint = _joined(free)
    gained = _gained(joint, ratios)
    found = [_proposal(key, part) for key, part in gained.groupby(["lane", "mode"], sort=True)]
    return sorted(found, key=lambda one: -one.saved_kg)


def pairs(
    groups: NDArray[np.int64],
    days: NDArray[np.float64],
    weight_kg: NDArray[np.float64],
    most_kg: NDArray[np.float64],
) -> list[tuple[int, int]]:
    """Positions of legs to join, each at most once: the earliest free leg with the next one that fits.

    Parameters
    ----------
    groups, days, weight_kg, most_kg : arrays
        Of one length, sorted by group and day of departure; a pair has one group, at most `WITHIN_DAYS`
        between its departures, and no more joint weight than `most_kg` of its earlier leg.
    """
    group, day, weight, most = groups.tolist(), days.tolist(), weight_kg.tolist(), most_kg.tolist()
    taken = [False] * len(group)
    found = []
    for i in range(len(group)):
        if taken[i]:
            continue
        for j in range(i + 1, min(i + 9, len(group))):
            if group[j] != group[i] or day[j] - day[i] > WITHIN_DAYS:
                break
            if not taken[j] and weight[i] + weight[j] <= most[i]:
                taken[i] = taken[j] = True
                found.append((i, j))
                break
    return found


def _band_ratios(rates: pd.DataFrame, supplier_id: str) -> pd.DataFrame:
    """By cell, present and heavier weight band: then ÷ now, where it is clearly lower, and its evidence."""
    own = _ratios(job_table(rates[rates["supplier_id"] == supplier_id]), own=True)
    everyone = _ratios(job_table(rates), own=False)
    both = pd.concat([own, everyone], ignore_index=True)
    chosen = both.drop_duplicates([*_CELL, "weight_band", "joint_band"])  # its own first
    return chosen[chosen["ratio_high"] < 1]


def _ratios(table: pd.DataFrame, *, own: bool) -> pd.DataFrame:
    rows = table.merge(table, on=_CELL, suffixes=("", "_joint"))
    rows = rows[rows["weight_band_joint"] > rows["weight_band"]]
    ratio = rows["rate_joint"] / rows["rate"].where(rows["rate"] > 0)
    up = _logs(rows["rate_high_joint"], rows["rate_joint"]), _logs(rows["rate"], rows["rate_low"])
    down = _logs(rows["rate_joint"], rows["rate_low_joint"]), _logs(rows["rate_high"], rows["rate"])
    return pd.DataFrame(
        {
            **{name: rows[name] for name in (*_CELL, "weight_band")},
            "joint_band": rows["weight_band_joint"],
            "ratio": ratio,
            "ratio_low": ratio * np.exp(-np.hypot(*down)),
            "ratio_high": ratio * np.exp(np.hypot(*up)),
            "weight_most_kg": rows["weight_most_kg_joint"],
            "evidence_legs": rows["legs_joint"],
            "evidence_suppliers": rows["suppliers_joint"],
            "own": own,
        }
    )


def _logs(above: pd.Series, below: pd.Series) -> NDArray[np.float64]:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(above.to_numpy(dtype=float) / below.to_numpy(dtype=float))


def _joined(free: pd.DataFrame) -> pd.DataFrame:
    """The legs that found a partner: two rows a pair, with the joint weight band and the days between."""
    groups = free.groupby(_TOGETHER, dropna=False, sort=False).ngroup()
    free = free.assign(group=groups).sort_values(["group", "departed_at", "row"], ignore_index=True)
    days = (free["departed_at"] - free["departed_at"].min()) / pd.Timedelta(days=1)
    found = pairs(
        free["group"].to_numpy(),
        days.to_numpy(dtype=float),
        free["weight_kg"].to_numpy(dtype=float),
        free["cell_most_kg"].to_numpy(dtype=float),
    )
    places = np.array(found, dtype=np.intp).reshape(-1, 2)
    one, other = places[:, 0], places[:, 1]
    weight = free["weight_kg"].to_numpy(dtype=float)
    joint_kg = np.repeat(weight[one] + weight[other], 2)
    apart = np.repeat(days.to_numpy()[other] - days.to_numpy()[one], 2)
    return free.iloc[places.ravel()].assign(
        pair=np.repeat(np.arange(len(places)), 2),
        joint_band=np.searchsorted(WEIGHT_EDGES_KG, joint_kg, side="right"),
        joint_kg=joint_kg,
        days_apart=apart,
    )


def _gained(joint: pd.DataFrame, ratios: pd.DataFrame) -> pd.DataFrame:
    """The pairs of which at least one leg moves to a clearly better band; the other saves nothing."""
    rows = joint.merge(ratios, on=[*_CELL, "weight_band", "joint_band"], how="left")
    rows = rows.assign(fits=rows["joint_kg"] <= rows["weight_most_kg"])
    for name, ratio in (
        ("saved_kg", "ratio"),
        ("saved_low_kg", "ratio_high"),
        ("saved_high_kg", "ratio_low"),
    ):
        rows[name] = (rows["wtw_kg"] * (1 - rows[ratio])).where(rows["fits"], 0.0)
    return rows[rows.groupby("pair")["fits"].transform("any")]


def _proposal(key: tuple[object, ...], taken: pd.DataFrame) -> Proposal:
    lane, mode = map(str, key)
    better = taken[taken["fits"]]
    known = better.drop_duplicates([*JOB, "joint_band"])
    suppliers = int(known["evidence_suppliers"].max())
    whose = (
        "of its own"
        if better["own"].all()
        else f"of {'up to ' if len(known) > 1 else ''}{counted(suppliers, 'supplier')}"
    )
    then = 1 - float(better["saved_kg"].sum() / better["wtw_kg"].sum())
    legs, number = int(known["evidence_legs"].sum()), int(taken["pair"].nunique())
    return Proposal(
        kind="consolidate",
        title=f"Join {mode_name(mode)} loads {lane}",
        lanes=lanes_of(taken),
        rows=np.asarray(taken["row"], dtype=np.intp),
        shipments=shipments_in(taken),
        now_kg=float(taken["wtw_kg"].sum()),
        saved_kg=float(taken["saved_kg"].sum()),
        saved_low_kg=float(taken["saved_low_kg"].sum()),
        saved_high_kg=float(taken["saved_high_kg"].sum()),
        extra_days=float(taken["days_apart"].median()),
        evidence=(
            f"{counted(number, 'pair')} left within {WITHIN_DAYS:.0f} days of each other and fit together; "
            f"{counted(legs, 'leg')} {whose} in the heavier weight band emit {then:.0%} as much per tonne-km."
        ),
    )
