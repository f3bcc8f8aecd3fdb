"""Mode choice: a supplier's transport chains at the modes that it chose, and at those of its peers.

Both at the same kg per tonne of each mode on the lane, so that nothing but the choice counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.suppliers.expected import COARSER_WEIGHT, HALF_TRUST_LEGS
from analytics.suppliers.jobs import summed
from data_access.filters import MODES

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Choice", "mode_choice"]

_PLACES = ("origin", "origin_country", "destination", "destination_country")
_COUNTRIES = ("origin_country", "destination_country")
_MOVING = tuple(mode for mode in MODES if mode != "hub")
_PSEUDO_SHIPMENTS = 5.0  # by which a supplier's shares lean on its peers', for its variance only


@dataclass(frozen=True)
class Choice:
    """Arrays over suppliers; log_ratio and variance are NaN where no peer ships on any of the lanes.

    Attributes
    ----------
    log_ratio : logarithm of kg at own modes ÷ kg at the peers' modes, over all lanes: those without peers
        count as the peers would do.
    variance : of log_ratio; 0 where peers and supplier all run one mode.
    judged : share of the chains' kg on lanes with peers.
    shipments : chains on lanes with peers.
    """

    log_ratio: NDArray[np.float64]
    variance: NDArray[np.float64]
    judged: NDArray[np.float64]
    shipments: NDArray[np.float64]


@dataclass(frozen=True)
class _Lanes:
    """Of each supplier on each lane: kg as it ships, kg as its peers would, and their variances."""

    own_kg: NDArray[np.float64]
    peers_kg: NDArray[np.float64]
    own_variance: NDArray[np.float64]
    peers_variance: NDArray[np.float64]
    trust: NDArray[np.float64]  # 0 where there is no peer


def mode_choice(flows: pd.DataFrame, suppliers: pd.Index) -> Choice:
    """Each supplier's choice of modes against its peers' on the same lanes, else between the same countries.

    Parameters
    ----------
    flows : DataFrame
        As `data_access.chain_queries.lane_choices` gives it.
    suppliers : Index
        Supplier ids; the result has their order.
    """
    flows = flows[flows["main_mode"].notna() & (flows["weight_kg"] > 0)]
    flows = flows[flows["supplier_id"].isin(suppliers)]
    if flows.empty:
        nothing = np.full(len(suppliers), np.nan)
        return Choice(nothing, nothing, np.zeros(len(suppliers)), np.zeros(len(suppliers)))
    lanes = _grid(flows, _PLACES)
    here = _judged(lanes, lanes.lane)
    wider = _wider(lanes)
    both = here.trust / (here.trust + COARSER_WEIGHT)
    share = np.where(wider.trust > 0, both, (here.trust > 0).astype(float))
    judged = (here.trust > 0) | (wider.trust > 0)

    def blended(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(judged, share * one + (1 - share) * other, 0.0)

    own = np.where(judged, blended(here.own_kg, wider.own_kg), lanes.total_kg)
    peers = np.where(judged, blended(here.peers_kg, wider.peers_kg), lanes.total_kg)
    own_sd = blended(np.sqrt(here.own_variance), np.sqrt(wider.own_variance))
    peers_sd = blended(np.sqrt(here.peers_variance), np.sqrt(wider.peers_variance))

    def by_supplier(values: NDArray[np.float64]) -> NDArray[np.float64]:
        places = suppliers.get_indexer(lanes.supplier)
        return summed(places, values, len(suppliers))

    kg, counted = by_supplier(lanes.total_kg), by_supplier(np.where(judged, lanes.total_kg, 0.0))
    own_all, peers_all = by_supplier(own), by_supplier(peers)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_ratio = np.log(own_all / peers_all)
        variance = by_supplier(own_sd**2) / own_all**2 + by_supplier(peers_sd**2) / peers_all**2
        judged_share = np.where(kg > 0, counted / kg, 0.0)
    known = (judged_share > 0) & np.isfinite(log_ratio)
    return Choice(
        np.where(known, log_ratio, np.nan),
        np.where(known, variance, np.nan),
        judged_share,
        by_supplier(np.where(judged, lanes.shipments.sum(axis=1), 0.0)),
    )


@dataclass(frozen=True)
class _Grid:
    """Suppliers on lanes; matrices have a row for each supplier on each lane, a column for each mode."""

    supplier: NDArray[np.object_]
    lane: NDArray[np.int64]
    pair: NDArray[np.int64]  # -1 where a country is not known
    weight: NDArray[np.float64]
    kg: NDArray[np.float64]
    shipments: NDArray[np.float64]
    weight_sq: NDArray[np.float64]  # over all modes

    @property
    def total_kg(self) -> NDArray[np.float64]:
        return np.asarray(self.kg.sum(axis=1))


def _grid(flows: pd.DataFrame, places: tuple[str, ...]) -> _Grid:
    lane = flows.groupby(list(places), dropna=False).ngroup().to_numpy()
    pair = flows.groupby(list(_COUNTRIES), dropna=False).ngroup().to_numpy()
    pair = np.where(flows[list(_COUNTRIES)].notna().all(axis=1), pair, -1)
    supplier, names = pd.factorize(flows["supplier_id"], sort=True)
    codes, row = np.unique(supplier * (lane.max() + 1) + lane, return_inverse=True)
    mode = pd.Index(_MOVING).get_indexer(flows["main_mode"])

    def filled(column: str) -> NDArray[np.float64]:
        matrix = np.zeros((len(codes), len(_MOVING)))
        np.add.at(matrix, (row, mode), flows[column].to_numpy(dtype=float))
        return matrix

    lane_of = codes % (lane.max() + 1)
    pair_of = np.full(len(codes), -1, dtype=np.int64)
    pair_of[row] = pair
    return _Grid(
        supplier=np.asarray(names, dtype=object)[codes // (lane.max() + 1)],
        lane=lane_of,
        pair=pair_of,
        weight=filled("weight_kg"),
        kg=filled("wtw_kg"),
        shipments=filled("shipments"),
        weight_sq=filled("weight_sq").sum(axis=1),
    )


def _wider(lanes: _Grid) -> _Lanes:
    """The same between countries: a supplier's own mass on the lane, at the shares of the countries."""
    known = lanes.pair >= 0
    supplier = pd.factorize(lanes.supplier)[0]
    codes, row = np.unique(supplier * (lanes.pair.max() + 2) + lanes.pair + 1, return_inverse=True)

    def added(values: NDArray[np.float64]) -> NDArray[np.float64]:
        total = np.zeros((len(codes), *values.shape[1:]))
        np.add.at(total, row, values)
        return total

    pairs = codes % (lanes.pair.max() + 2) - 1
    summed = _Grid(
        lanes.supplier[:0], pairs, pairs, added(lanes.weight), added(lanes.kg), added(lanes.shipments),
        added(lanes.weight_sq),
    )  # fmt: skip
    found = _judged(summed, pairs)
    part = lanes.weight.sum(axis=1) / summed.weight.sum(axis=1)[row]
    # Its choice on this lane, at the rates of the countries; the spread in proportion to mass.
    own = (lanes.weight * _rates(summed, pairs)[row]).sum(axis=1)
    return _Lanes(
        own_kg=own,
        peers_kg=found.peers_kg[row] * part,
        own_variance=found.own_variance[row] * part,
        peers_variance=found.peers_variance[row] * part,
        trust=np.where(known, found.trust[row], 0.0),
    )


def _rates(grid: _Grid, lane: NDArray[np.int64]) -> NDArray[np.float64]:
    """Emission by mass moved, kg/kg, of each mode on the lane of each row; 0 for modes not run there."""
    codes, places = np.unique(lane, return_inverse=True)
    kg, weight = np.zeros((len(codes), len(_MOVING))), np.zeros((len(codes), len(_MOVING)))
    np.add.at(kg, places, grid.kg)
    np.add.at(weight, places, grid.weight)
    return np.divide(kg, weight, out=np.zeros_like(kg), where=weight > 0)[places]


def _judged(grid: _Grid, lane: NDArray[np.int64]) -> _Lanes:
    codes, places = np.unique(lane, return_inverse=True)
    rate = _rates(grid, lane)
    mass = grid.weight.sum(axis=1)
    shares = grid.weight / mass[:, None]
    legs = grid.shipments.sum(axis=1)
    weight = legs / (legs + HALF_TRUST_LEGS)
    sums = np.zeros((len(codes), len(_MOVING)))
    np.add.at(sums, places, weight[:, None] * shares)
    alone = np.bincount(places)[places] == 1
    trust = np.where(alone, 0.0, np.bincount(places, weight)[places] - weight)
    theirs = np.clip(sums[places] - weight[:, None] * shares, 0.0, None)
    theirs = theirs / np.where(alone, 1.0, trust)[:, None]
    even = mass**2 / grid.weight_sq
    leaning = (even[:, None] * shares + _PSEUDO_SHIPMENTS * theirs) / (even + _PSEUDO_SHIPMENTS)[:, None]
    others = np.where(alone, 1.0, np.bincount(places, legs)[places] - legs)
    return _Lanes(
        own_kg=(grid.weight * rate).sum(axis=1),
        peers_kg=mass * (theirs * rate).sum(axis=1),
        own_variance=np.where(alone, 0.0, grid.weight_sq * _spread(leaning, rate)),
        peers_variance=np.where(alone, 0.0, mass**2 * _spread(theirs, rate) / others),
        trust=trust,
    )


def _spread(shares: NDArray[np.float64], rate: NDArray[np.float64]) -> NDArray[np.float64]:
    """Variance of the rate of one shipment whose mode is drawn by these shares."""
    mean = (shares * rate).sum(axis=1)
    found = (shares * rate**2).sum(axis=1) - mean**2
    # What is left of a difference of equals is no variance.
    return np.where(found > 1e-9 * mean**2, found, 0.0)
