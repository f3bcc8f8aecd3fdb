"""Legs that run in one vehicle class while the same job runs in another one for clearly less."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.recommendations.jobs import job_table
from analytics.recommendations.proposals import Proposal, counted, lanes_of, shipments_in
from analytics.recommendations.savings import Range, less
from data_access.recommendation_queries import JOB

__all__ = ["class_proposals"]

# Short-haul and long-haul are said by the distance: nobody chooses them.
_NOT_CHOSEN = ("air", "hub")
_CHANGE = ["mode", "vehicle_class", "to_class"]


def class_proposals(legs: pd.DataFrame, rates: pd.DataFrame) -> list[Proposal]:
    """One proposal per mode, present class and better class, largest saving first.

    Classes named "average" are left out on both sides: they say that the vehicle is not known.

    Parameters
    ----------
    legs : DataFrame
        The supplier's legs that are free to take; the index is kept in `Proposal.rows`.
    rates : DataFrame
        `recommendation_queries.job_rates` of all that the user may see.
    """
    mine = legs[_real(legs) & ~legs["mode"].isin(_NOT_CHOSEN)]
    table = job_table(rates[_real(rates)], "vehicle_class").rename(columns={"vehicle_class": "to_class"})
    better = _better(mine, table)
    if not len(better):
        return []
    taken = mine.reset_index(names="row").merge(better, on=[*JOB, "vehicle_class"])
    found = [_proposal(key, part) for key, part in taken.groupby(_CHANGE, sort=True)]
    return sorted(found, key=lambda one: -one.saved_kg)


def _real(frame: pd.DataFrame) -> pd.Series:
    named = frame["vehicle_class"].notna()
    return named & ~frame["vehicle_class"].fillna("").str.contains("average", case=False)


def _better(mine: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """The class that saves most for each of the supplier's jobs and classes, where the whole range does."""
    keys = [*JOB, "vehicle_class"]
    sums = mine.groupby(keys, as_index=False)[["tonne_km", "wtw_kg", "low_kg", "high_kg"]].sum()
    rows = sums.merge(table, on=list(JOB))
    rows = rows[rows["vehicle_class"] != rows["to_class"]]
    now = Range(*(rows[name].to_numpy(dtype=float) for name in ("wtw_kg", "low_kg", "high_kg")))
    rate = Range(*(rows[name].to_numpy(dtype=float) for name in ("rate", "rate_low", "rate_high")))
    saved = less(now, rate.times(rows["tonne_km"]))
    rows = rows.assign(saved_kg=saved.mid, saved_low_kg=saved.low, saved_high_kg=saved.high, job_kg=now.mid)
    rows = rows[rows["saved_low_kg"] > 0].sort_values(["saved_kg", "to_class"], ascending=[False, True])
    kept = ["to_class", "legs", "suppliers", "saved_kg", "saved_low_kg", "saved_high_kg", "job_kg"]
    return rows.drop_duplicates(keys)[[*keys, *kept]]


def _proposal(key: tuple[object, ...], taken: pd.DataFrame) -> Proposal:
    mode, present, other = map(str, key)
    jobs = taken.drop_duplicates([*JOB])
    saved, low, high = (float(jobs[name].sum()) for name in ("saved_kg", "saved_low_kg", "saved_high_kg"))
    legs, suppliers = int(jobs["legs"].sum()), int(jobs["suppliers"].max())
    now_kg = float(jobs["job_kg"].sum())
    return Proposal(
        kind="vehicle_class",
        title=f"Run {mode} legs in {other} instead of {present}",
        lanes=lanes_of(taken),
        rows=np.asarray(taken["row"], dtype=np.intp),
        shipments=shipments_in(taken),
        now_kg=now_kg,
        saved_kg=saved,
        saved_low_kg=low,
        saved_high_kg=high,
        evidence=(
            f"{counted(legs, 'leg')} of up to {counted(suppliers, 'supplier')} ran the same jobs (mode, "
            f"distance, weight, temperature) in {other}, for {(now_kg - saved) / now_kg:.0%} of the kg CO2e; "
            f"this supplier's {counted(len(taken), 'leg')} ran in {present}."
        ),
    )
