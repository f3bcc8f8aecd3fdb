"""What is not known about one supplier's shipments, ranked by the kg CO2e that it leaves in doubt.

A gap's `in_doubt_kg` is by how much the 95 % range of the supplier's total would narrow if it alone were
filled: (high − low) as it is, minus (high − low) with the range factors that its legs would then have
(`analytics.uncertainty`). Ranges combine in quadrature, so the gaps do not add up. For an open finding it is
the kg at stake instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analytics.emissions import total_range
from analytics.uncertainty import leg_range_factor
from data_access import gap_queries as queries

if TYPE_CHECKING:
    import pandas as pd

    from data_access import Filters, Scope, Store

__all__ = ["ASKED", "KINDS", "LABELS", "MOST_ROWS", "Gap", "GapAnalytics", "Gaps", "gaps_of"]

MOST_ROWS = 5_000
KINDS = (
    "no_emission",
    "no_class",
    "distance_places",
    "distance_countries",
    "open_finding",
    "no_arrival",
    "no_cost",
)
LABELS: Mapping[str, str] = {
    "no_emission": "Emission not reported by the carrier",
    "no_class": "Vehicle class missing or unknown",
    "distance_places": "Distance modelled between the two places",
    "distance_countries": "Distance modelled, one end known by country only",
    "open_finding": "Open finding: looks wrong and is not settled",
    "no_arrival": "Arrival missing",
    "no_cost": "Cost missing",
}
# What a supplier is asked for, to fill the gap.
ASKED: Mapping[str, str] = {
    "no_emission": "the measured or calculated emission, kg CO2e well-to-wheel",
    "no_class": "the class of the vehicle, vessel or aircraft",
    "distance_places": "the distance in km",
    "distance_countries": "the distance in km, or the place of departure and arrival",
    "open_finding": "a check of mass, distance and mode",
    "no_arrival": "date and time of arrival, UTC",
    "no_cost": "the freight cost and its currency",
}


@dataclass(frozen=True)
class Gap:
    """One kind of missing data.

    Attributes
    ----------
    kind, label : str
        One of `KINDS`, and its words.
    legs : int
        Legs that have it.
    wtw_kg, share : float
        What these legs emit, and its part (0..1) of all the supplier's kg in the selection.
    in_doubt_kg : float
        As the module says; 0 where it touches no emission (arrival, cost).
    """

    kind: str
    label: str
    legs: int
    wtw_kg: float
    share: float
    in_doubt_kg: float


@dataclass(frozen=True)
class Gaps:
    """The gaps of one supplier in a selection, most kg in doubt first; kinds without a leg are left out.

    Attributes
    ----------
    legs, wtw_kg, low_kg, high_kg
        Of all the supplier's legs in the selection, kg CO2e with the 95 % range.
    rows : DataFrame
        The legs to ask about, largest kg first, `MOST_ROWS` at most: shipment_id, leg_no, departed_at,
        arrived_at, origin, origin_country, destination, destination_country, mode, vehicle_class,
        temperature_controlled, weight_kg, distance_km, distance_basis, distance_source, data_type, wtw_kg,
        cost, currency, supplier_id and, true where that is asked: asks_class, asks_distance, asks_emission,
        asks_arrival, asks_cost, asks_check.
    left_out_legs, left_out_kg
        What would be asked beyond `rows`.
    classes : mapping
        Mode → the vehicle classes that have a factor.
    """

    supplier_id: str
    supplier: str
    legs: int
    wtw_kg: float
    low_kg: float
    high_kg: float
    found: tuple[Gap, ...]
    rows: pd.DataFrame
    left_out_legs: int
    left_out_kg: float
    classes: Mapping[str, tuple[str, ...]]


class GapAnalytics:
    """Feeds the gaps from a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def gaps(self, filters: Filters, scope: Scope, *, supplier_id: str) -> Gaps:
        """The gaps of one supplier; all counts are 0 where it has no leg in the selection or the scope."""
        mine = replace(filters, suppliers=(supplier_id,))
        with self._store.snapshot() as tx:
            sums = tx.frame(queries.sums(mine, scope))
            question = tx.frame(queries.under_question(mine, scope)).iloc[0]
            rows = tx.frame(queries.legs_to_ask(mine, scope, MOST_ROWS))
            asked = tx.frame(queries.asked_total(mine, scope)).iloc[0]
            named = tx.frame(queries.supplier(supplier_id))["name"].tolist()
            classes = tx.frame(queries.known_classes())
        found = gaps_of(sums, int(question["legs"]), _kg(question["wtw_kg"]), _kg(question["at_stake_kg"]))
        low, high = _range(sums)
        left_out = int(asked["legs"]) - len(rows)
        return Gaps(
            supplier_id=supplier_id,
            supplier=named[0] if named and sums["legs"].sum() else supplier_id,
            legs=int(sums["legs"].sum()),
            wtw_kg=float(sums["wtw_kg"].sum()),
            low_kg=low,
            high_kg=high,
            found=found,
            rows=rows,
            left_out_legs=left_out,
            left_out_kg=max(_kg(asked["wtw_kg"]) - float(rows["wtw_kg"].sum()), 0.0) if left_out else 0.0,
            classes=_classes(classes),
        )


def gaps_of(
    sums: pd.DataFrame, open_legs: int = 0, open_kg: float = 0.0, at_stake_kg: float = 0.0
) -> tuple[Gap, ...]:
    """The gaps in a supplier's sums, most kg in doubt first, then most kg.

    Parameters
    ----------
    sums : DataFrame
        As `data_access.gap_queries.sums`: factor_id, data_type, distance_source, moves, legs, wtw_kg, low_kg,
        high_kg and the legs and kg without arrival and cost.
    open_legs, open_kg, at_stake_kg
        Legs with an open finding, what they emit, and what of it is at stake.
    """
    whole_kg = float(sums["wtw_kg"].sum())
    calculated = sums["data_type"] != "primary"
    moved = calculated & sums["moves"].astype(bool)
    source, data_type = sums["distance_source"], sums["data_type"]
    filled = {
        "no_emission": (calculated, {"data_type": "primary"}),
        "no_class": (data_type == "default", {"data_type": "modelled"}),
        "distance_places": (moved & (source == "places"), {"distance_source": "reported"}),
        "distance_countries": (moved & (source == "countries"), {"distance_source": "reported"}),
    }
    found = [
        (kind, int(sums["legs"][hit].sum()), float(sums["wtw_kg"][hit].sum()), _narrowing(sums, hit, known))
        for kind, (hit, known) in filled.items()
    ]
    found.append(("open_finding", open_legs, open_kg, at_stake_kg))
    found += [
        (kind, int(sums[f"{kind}_legs"].sum()), float(sums[f"{kind}_kg"].sum()), 0.0)
        for kind in ("no_arrival", "no_cost")
    ]
    gaps = [
        Gap(kind, LABELS[kind], legs, kg, kg / whole_kg if whole_kg else 0.0, in_doubt)
        for kind, legs, kg, in_doubt in found
        if legs
    ]
    return tuple(sorted(gaps, key=lambda gap: (-gap.in_doubt_kg, -gap.wtw_kg, KINDS.index(gap.kind))))


def _narrowing(sums: pd.DataFrame, hit: pd.Series, known: Mapping[str, str]) -> float:
    """By how much high − low of the whole shrinks if the legs that are hit were `known`."""
    if not hit.any():
        return 0.0
    after = sums.assign(**known)
    kinds = zip(after["data_type"], after["distance_source"], strict=True)
    factor = [leg_range_factor(data_type, source) for data_type, source in kinds]
    wtw = sums["wtw_kg"]
    narrowed = sums.assign(
        low_kg=sums["low_kg"].where(~hit, wtw / factor), high_kg=sums["high_kg"].where(~hit, wtw * factor)
    )
    (low, high), (then_low, then_high) = _range(sums), _range(narrowed)
    return max((high - low) - (then_high - then_low), 0.0)


def _range(sums: pd.DataFrame) -> tuple[float, float]:
    return total_range(sums["wtw_kg"], sums["low_kg"], sums["high_kg"], sums["factor_id"])


def _classes(rows: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Of each mode the classes of the active set; those of the others where it has none."""
    return {
        str(mode): tuple(some[some["active"] == some["active"].max()]["vehicle_class"])
        for mode, some in rows.groupby("mode")
    }


def _kg(value: object) -> float:
    return 0.0 if value is None or value != value else float(value)  # type: ignore[arg-type]  # noqa: PLR0124
