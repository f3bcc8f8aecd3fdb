"""Legs that rest on default or modelled factors: by how much a reported figure would narrow their range."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.recommendations.proposals import Proposal, counted, lanes_of, mode_name, shipments_in
from analytics.uncertainty import leg_range_factor

__all__ = ["primary_data_proposals"]


def primary_data_proposals(legs: pd.DataFrame) -> list[Proposal]:
    """One proposal per mode, most kg CO2e in doubt first.

    In doubt is the width of the 95 % range that a reported figure would take away: ranges of legs add up, as
    they rest on the same factors.

    Parameters
    ----------
    legs : DataFrame
        The supplier's legs that count; the index is kept in `Proposal.rows`.
    """
    factor = leg_range_factor("primary", "reported")
    unmeasured = legs[legs["data_type"] != "primary"]
    narrowed = unmeasured["wtw_kg"] * (factor - 1 / factor)
    unmeasured = unmeasured.assign(doubt_kg=unmeasured["high_kg"] - unmeasured["low_kg"] - narrowed)
    all_legs = legs["mode"].value_counts()
    found = [
        _proposal(str(mode), part, int(all_legs[mode]))
        for mode, part in unmeasured.groupby("mode", sort=True)
        if part["doubt_kg"].sum() > 0
    ]
    return sorted(found, key=lambda one: -one.in_doubt_kg)


def _proposal(mode: str, legs: pd.DataFrame, of: int) -> Proposal:
    kg = float(legs["wtw_kg"].sum())
    low, high = float(legs["low_kg"].sum()), float(legs["high_kg"].sum())
    default = int((legs["data_type"] == "default").sum())
    name = mode_name(mode)
    legs_of_mode = counted(of, f"{name} leg")
    factor = leg_range_factor("primary", "reported")
    return Proposal(
        kind="primary_data",
        title=f"Ask for measured emissions or fuel of its {name} legs",
        lanes=lanes_of(legs),
        rows=np.asarray(legs.index, dtype=np.intp),
        shipments=shipments_in(legs),
        now_kg=kg,
        saved_kg=0.0,
        saved_low_kg=0.0,
        saved_high_kg=0.0,
        in_doubt_kg=float(legs["doubt_kg"].sum()),
        evidence=(
            f"{len(legs):,} of {legs_of_mode} are calculated, {default:,} of them by the factor of an "
            f"average vehicle: their range is −{1 - low / kg:.0%} to +{high / kg - 1:.0%}, that of a "
            f"reported figure −{1 - 1 / factor:.0%} to +{factor - 1:.0%}."
        ),
    )
