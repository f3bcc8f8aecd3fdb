"""What a supplier's jobs would have emitted, had its peers run them; and how far chance reaches into that.

A supplier's own legs never enter what is expected of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analytics.suppliers.jobs import Sums, summed

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PSEUDO_LEGS", "Compared", "Peers", "compare", "peer_rates"]

# A peer with 5 legs in a job counts half as much as one with very many. From there on all count nearly the
# same: a peer is not twice as right because it ships twice as much.
HALF_TRUST_LEGS = 5.0
# One peer that is well known counts ten times as much as the coarser level: rates differ between jobs by
# factors, between suppliers by tenths.
COARSER_WEIGHT = 0.1
PSEUDO_LEGS = 10.0  # by which a supplier's spread between legs leans on that of all
_MANY_LEGS = 100.0  # more say little more about a spread; else one large supplier is all there is
_USUAL_VARIANCE = 0.04  # of a leg's log rate, where no supplier has two legs of one job
# A supplier's jobs stand for it by half with 30 legs: fewer were not chosen by it but by chance.
SETTLED_LEGS = 30.0
_ODD = float(np.log(3.0))
_WIDEST, _NO_RATE = float(np.log(50.0)), 1e-12


@dataclass(frozen=True)
class Peers:
    """Of each entry of the sums, what its peers say.

    Attributes
    ----------
    rate : array of float
        Amount per size as peers have it; NaN where there is no peer even in the mode.
    count, level : array of int
        Other suppliers at the finest level that has any, and that level; −1 where none has.
    trust : array of float, shape (levels, n)
        How much each level counts; they add to 1 where there is a rate.
    """

    rate: NDArray[np.float64]
    count: NDArray[np.int64]
    level: NDArray[np.int64]
    trust: NDArray[np.float64]


@dataclass(frozen=True)
class Compared:
    """Suppliers against their peers; arrays over suppliers, NaN where nothing can be compared.

    Attributes
    ----------
    observed, expected : amounts of the legs that can be compared.
    legs, size : of these legs.
    log_ratio : logarithm of observed ÷ expected.
    leg_variance, peer_variance, job_variance : of log_ratio, from its own legs, from the peers' legs, and
        from jobs whose ratios differ.
    peers : other suppliers that share a job, at the finest level where there are any, by expected amount.
    leg_spread : variance of a leg's relative deviation from its supplier's ratio.
    rows : Peers of each entry.
    """

    observed: NDArray[np.float64]
    expected: NDArray[np.float64]
    legs: NDArray[np.float64]
    size: NDArray[np.float64]
    log_ratio: NDArray[np.float64]
    leg_variance: NDArray[np.float64]
    peer_variance: NDArray[np.float64]
    job_variance: NDArray[np.float64]
    peers: NDArray[np.float64]
    leg_spread: NDArray[np.float64]
    rows: Peers

    @property
    def variance(self) -> NDArray[np.float64]:
        return self.leg_variance + self.peer_variance + self.job_variance


@dataclass(frozen=True)
class _Groups:
    """One level: entries by supplier and cell, and the mean of the peers without each supplier itself."""

    of_entry: NDArray[np.int64]
    supplier: NDArray[np.int64]
    others: NDArray[np.int64]
    weight: NDArray[np.float64]
    rate: NDArray[np.float64]
    own_rate: NDArray[np.float64]
    own_weight: NDArray[np.float64]
    cell: NDArray[np.int64]
    size: NDArray[np.float64]
    size_sq: NDArray[np.float64]


def peer_rates(sums: Sums) -> Peers:
    """Amount per size of the other suppliers in the same job, each of them counted once.

    At each level the rate is the mean of the peers' own rates with weights n/(n + 5) for n legs; W, the sum
    of these, says how much the level counts beside the coarser one above it: W/(W + 0.1).
    """
    return _peers(sums, [_groups(sums, cells, typical=False) for cells in sums.cells])


def compare(sums: Sums, *, typical: bool = False) -> Compared:
    """Observed against expected by supplier, with the variance of the log ratio.

    The variance is by the delta method for a ratio of sums (Cochran 1977, Sampling Techniques, §6.4). Legs
    deviate from the supplier's ratio within a job and between jobs; the variance of that leans on all
    suppliers by `PSEUDO_LEGS`, so that five equal legs do not look certain. The peers' mean rates have the
    same noise from their own legs. What is estimated is the ratio on the supplier's own jobs, against these
    peers. With few legs the jobs themselves are chance: the variance between jobs (method of moments, over
    all suppliers) comes on top, by `SETTLED_LEGS` ÷ (legs + `SETTLED_LEGS`).

    Parameters
    ----------
    typical : bool
        Geometric mean of the peers' rates, for rates that lie apart by factors.
    """
    levels = [_groups(sums, cells, typical=typical) for cells in sums.cells]
    peers = _peers(sums, levels)
    known = np.isfinite(peers.rate)
    rate = np.where(known, peers.rate, 0.0)
    expected_each = rate * sums.size
    observed = _by(sums, np.where(known, sums.amount, 0.0))
    expected = _by(sums, expected_each)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_ratio = np.clip(np.log(observed / expected), -_WIDEST, _WIDEST)
        row_share = np.where(known, expected_each / expected[sums.supplier], 0.0)
    log_ratio = np.where(expected > 0, log_ratio, np.nan)
    fitted = np.exp(np.nan_to_num(log_ratio))[sums.supplier] * rate
    spread = _leg_spread(sums, fitted)
    fitted_all = _by(sums, fitted * sums.size)
    with np.errstate(divide="ignore", invalid="ignore"):
        leg_variance = spread * _by(sums, fitted**2 * sums.size_sq) / fitted_all**2
        peer_variance = _peer_variance(sums, levels, peers, spread) / expected**2
        noise = spread[sums.supplier] * sums.size_sq / sums.size**2 + _job_noise(levels[-1], spread)
    legs = _by(sums, np.where(known, sums.legs, 0.0))
    between = _between_jobs(sums, fitted, row_share, noise)
    job_variance = between * _by(sums, row_share**2) * SETTLED_LEGS / (legs + SETTLED_LEGS)
    gone = ~np.isfinite(log_ratio)
    return Compared(
        observed=observed,
        expected=np.where(gone, np.nan, expected),
        legs=legs,
        size=_by(sums, np.where(known, sums.size, 0.0)),
        log_ratio=log_ratio,
        leg_variance=np.where(gone, np.nan, leg_variance),
        peer_variance=np.where(gone, np.nan, peer_variance),
        job_variance=np.where(gone, np.nan, job_variance),
        peers=_by(sums, row_share * peers.count),
        leg_spread=spread,
        rows=peers,
    )


def _groups(sums: Sums, cells: NDArray[np.int64], *, typical: bool) -> _Groups:
    width = int(cells.max(initial=0)) + 1
    codes, of_entry = np.unique(sums.supplier * width + cells, return_inverse=True)
    groups = len(codes)

    def added(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return summed(of_entry, values, groups)

    cell, supplier = codes % width, codes // width
    size, legs = added(sums.size), added(sums.legs)
    own_rate = added(sums.amount) / size
    own_weight = legs / (legs + HALF_TRUST_LEGS)
    others = np.bincount(cell, minlength=width)[cell] - 1
    weight = np.bincount(cell, own_weight, width)[cell] - own_weight
    counted = np.log(np.maximum(own_rate, _NO_RATE)) if typical else own_rate
    above = np.bincount(cell, own_weight * counted, width)[cell] - own_weight * counted
    alone = others == 0
    weight = np.where(alone, 0.0, weight)
    mean = above / np.where(alone, 1.0, weight)
    rate = np.where(alone, np.nan, np.exp(mean) if typical else mean)
    return _Groups(
        of_entry, supplier, others, weight, rate, own_rate, own_weight, cell, size, added(sums.size_sq)
    )


def _peers(sums: Sums, levels: list[_Groups]) -> Peers:
    n = len(sums.supplier)
    rate, count, finest = np.full(n, np.nan), np.zeros(n, np.int64), np.full(n, -1, np.int64)
    trust = np.zeros((len(levels), n))
    for place, level in enumerate(levels):
        here = level.others[level.of_entry] > 0
        weight = level.weight[level.of_entry]
        share = np.where(here, weight / (weight + COARSER_WEIGHT), 0.0)
        if place == 0:
            share = here.astype(float)
        found = np.where(here, np.nan_to_num(level.rate)[level.of_entry], 0.0)
        rate = np.where(here, share * found + (1 - share) * np.nan_to_num(rate), rate)
        trust *= 1 - share
        trust[place] = share
        count = np.where(here, level.others[level.of_entry], count)
        finest = np.where(here, place, finest)
    return Peers(rate, count, finest, trust)


def _by(sums: Sums, values: NDArray[np.float64]) -> NDArray[np.float64]:
    return summed(sums.supplier, values, sums.suppliers)


def _leg_spread(sums: Sums, fitted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Variance of a leg's relative deviation from its supplier's fitted rate, by supplier."""
    left = np.clip(sums.amount_sq - 2 * fitted * sums.amount_size + fitted**2 * sums.size_sq, 0.0, None)
    above, below = _by(sums, np.where(fitted > 0, left, 0.0)), _by(sums, fitted**2 * sums.size_sq)
    # Legs of very different sizes say less about a spread than as many equal ones.
    even = _divided(_by(sums, fitted * sums.size) ** 2, below)
    degrees = np.clip(even - 1, 0.0, None)
    own = _divided(above, below) * _divided(even, degrees)
    heard = degrees / (1 + degrees / _MANY_LEGS)
    pooled = float((heard * own).sum() / heard.sum()) if heard.sum() > 0 else _USUAL_VARIANCE
    return np.asarray((degrees * own + PSEUDO_LEGS * pooled) / (degrees + PSEUDO_LEGS))


def _divided(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _group_variance(level: _Groups, spread: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each supplier's own rate in a cell, from its legs."""
    return spread[level.supplier] * level.own_rate**2 * level.size_sq / level.size**2


def _mean_variance(level: _Groups, spread: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of the mean rate of the peers in each cell, without each supplier itself."""
    each = level.own_weight**2 * _group_variance(level, spread)
    width = int(level.cell.max(initial=0)) + 1
    others = np.clip(np.bincount(level.cell, each, width)[level.cell] - each, 0.0, None)
    return np.where(level.weight > 0, others / np.where(level.weight > 0, level.weight, 1.0) ** 2, 0.0)


def _peer_variance(
    sums: Sums, levels: list[_Groups], peers: Peers, spread: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Of what is expected of each supplier: all its jobs that lean on a peer's cell share that error.

    The levels hold the same legs, so their standard deviations add: no less than the truth.
    """
    found = np.zeros(sums.suppliers)
    for level, trust in zip(levels, peers.trust, strict=True):
        leaning = summed(level.of_entry, sums.size * trust, len(level.supplier))
        one = summed(level.supplier, leaning**2 * _mean_variance(level, spread), sums.suppliers)
        found += np.sqrt(one)
    return np.asarray(found**2)


def _job_noise(level: _Groups, spread: NDArray[np.float64]) -> NDArray[np.float64]:
    """Relative variance of the peers' rate in the finest cell of each entry."""
    rate = np.nan_to_num(level.rate)
    return _divided(_mean_variance(level, spread), rate**2)[level.of_entry]


def _between_jobs(
    sums: Sums, fitted: NDArray[np.float64], share: NDArray[np.float64], noise: NDArray[np.float64]
) -> float:
    """Variance of a job's log ratio about its supplier's, beyond what legs explain; by the jobs' shares."""
    usable = (fitted > 0) & (sums.amount > 0) & np.isfinite(noise)
    if not usable.any():
        return 0.0
    # Cut at a factor of 3: one odd job is not how much jobs differ.
    beyond = np.log(sums.amount[usable] / (fitted * sums.size)[usable]).clip(-_ODD, _ODD)
    left = (1 - 2 * share + _by(sums, share**2)[sums.supplier])[
        usable
    ]  # the supplier's ratio is fitted to them
    weight = share[usable]
    freedom = float((weight * left).sum())
    excess = float((weight * (beyond**2 - noise[usable] * left)).sum())
    return max(excess / freedom, 0.0) if freedom > _NO_RATE else 0.0
