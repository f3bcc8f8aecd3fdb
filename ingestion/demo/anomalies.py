"""The errors and oddities that the demo hides among its shipments, each labelled.

The labels live in a frame of their own; nothing in a leg gives it away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ingestion.demo.lanes import AIR, ROAD, SEA
from ingestion.demo.world import World

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "CODE",
    "KINDS",
    "Injection",
    "LbMonth",
    "choose",
    "lb_month",
    "miswrite_distance",
    "miswrite_emission",
    "miswrite_mode",
    "miswrite_weight",
]

LB_PER_KG = 2.2046226
MILES_PER_KM = 0.6213712
# Kind -> its weight among the injected shipments. The month in lb of one supplier comes on top.
KINDS = {
    "weight_in_lb": 0.07,
    "tonnes_as_kg": 0.10,
    "distance_in_miles": 0.11,
    "distance_typo": 0.11,
    "impossible_mode": 0.10,
    "unusual_mode": 0.10,
    "duplicate": 0.14,
    "unusual_intensity": 0.11,
    "unusual_weight": 0.11,
}
CODE = {kind: code for code, kind in enumerate(KINDS, start=1)}  # 0: a plain shipment
CLUSTERED = 0.05  # of the injected shipments, expected from the month in lb
_WHOLE_SHIPMENT = ("weight_in_lb", "tonnes_as_kg", "unusual_weight", "duplicate")


@dataclass(frozen=True)
class LbMonth:
    """The supplier that wrote pounds for a month; minutes since the demo's first day."""

    supplier: int
    start_min: int
    end_min: int

    def covers(self, supplier: NDArray[Any], departed_min: NDArray[Any]) -> NDArray[np.bool_]:
        return (supplier == self.supplier) & (departed_min >= self.start_min) & (departed_min < self.end_min)


@dataclass(frozen=True)
class Injection:
    """Kind code of each shipment, and of each leg the codes that will be its label (0: none)."""

    of_shipment: NDArray[np.int8]
    of_leg: NDArray[np.int8]


def lb_month(world: World, days: int, anomaly_share: float) -> LbMonth:
    """30 days, five months before the end, of a supplier with tight habits and about the wanted volume."""
    volume = np.bincount(world.flows["supplier"], world.flows["volume"], minlength=len(world.suppliers))
    wanted = anomaly_share * CLUSTERED * days / 30
    usable = (
        (volume > 0)
        & ~world.habits["loose"]
        & ~np.isin(np.arange(len(volume)), world.flows["supplier"][world.flows["mover"]])
    )
    supplier = int(np.argmin(np.where(usable, np.abs(volume - wanted), np.inf)))
    start = max(days - 150, 0)
    return LbMonth(supplier, start * 1440, min(start + 30, days) * 1440)


def choose(
    wanted: dict[str, int],
    leg: dict[str, NDArray[Any]],
    ship: dict[str, NDArray[Any]],
    clustered: NDArray[np.bool_],
    rng: np.random.Generator,
) -> Injection:
    """Pick the shipments of each kind at random among those that can carry it, and the legs that it touches.

    Parameters
    ----------
    wanted : dict
        Kind -> number of shipments; fewer are taken where too few fit.
    leg : dict
        Per leg: shipment (row number), mode, reported (distance), has_emission, ocean, inland, only_sea.
    ship : dict
        Per shipment: repeatable (its copy still lies in the window).
    clustered : array of bool
        Shipments that are in lb anyway.
    """
    of_shipment = np.where(clustered, CODE["weight_in_lb"], 0).astype(np.int8)
    of_leg = np.zeros(len(leg["mode"]), dtype=np.int8)
    order = rng.permutation(len(of_shipment))
    for kind, fits in _fitting_legs(leg, ship).items():
        able = np.zeros(len(of_shipment), dtype=bool)
        able[leg["shipment"][fits]] = True
        picked = order[able[order] & (of_shipment[order] == 0)][: wanted.get(kind, 0)]
        of_shipment[picked] = CODE[kind]
        touched = np.flatnonzero((of_shipment[leg["shipment"]] == CODE[kind]) & fits)
        if kind not in _WHOLE_SHIPMENT:  # the first fitting leg of each shipment
            touched = touched[np.unique(leg["shipment"][touched], return_index=True)[1]]
        of_leg[touched] = CODE[kind]
    return Injection(of_shipment, of_leg)


def _fitting_legs(
    leg: dict[str, NDArray[Any]], ship: dict[str, NDArray[Any]]
) -> dict[str, NDArray[np.bool_]]:
    """Kind -> legs that can carry it; the rarest opportunities choose first."""
    moving = leg["reported"] & np.isin(leg["mode"], (ROAD, SEA)) & (leg["distance_km"] > 100)
    every = np.ones(len(leg["mode"]), dtype=bool)
    return {
        "unusual_mode": leg["only_sea"],
        "impossible_mode": leg["reported"] & (leg["ocean"] | leg["inland"]),
        "unusual_intensity": leg["has_emission"],
        "distance_in_miles": moving,
        "distance_typo": moving,
        "duplicate": ship["repeatable"][leg["shipment"]],
        "tonnes_as_kg": every,
        "weight_in_lb": every,
        "unusual_weight": every,
    }


def miswrite_weight(
    weight_kg: NDArray[np.float64], code: NDArray[np.int8], rng: np.random.Generator
) -> NDArray[np.float64]:
    """The weights as the uploads have them: in lb, in tonnes, or 4-8 times too heavy or too light."""
    factor = np.exp(rng.uniform(np.log(4), np.log(8), len(weight_kg)))
    factor = np.where(rng.random(len(weight_kg)) < 0.6, factor, 1 / factor)
    return np.select(
        [code == CODE["weight_in_lb"], code == CODE["tonnes_as_kg"], code == CODE["unusual_weight"]],
        [weight_kg * LB_PER_KG, weight_kg / 1000, weight_kg * factor],
        default=weight_kg,
    )


def miswrite_distance(distance_km: NDArray[np.float64], code: NDArray[np.int8]) -> NDArray[np.float64]:
    """The distances as the uploads have them: in miles, or with a digit too many."""
    return np.select(
        [code == CODE["distance_in_miles"], code == CODE["distance_typo"]],
        [distance_km * MILES_PER_KM, distance_km * 10],
        default=distance_km,
    )


def miswrite_mode(mode: NDArray[Any], code: NDArray[np.int8]) -> NDArray[Any]:
    """A truck across an ocean, a ship between inland places, a flight on a lane that goes by sea."""
    impossible = code == CODE["impossible_mode"]
    return np.select(
        [impossible & (mode == SEA), impossible & (mode == ROAD), code == CODE["unusual_mode"]],
        [ROAD, SEA, AIR],
        default=mode,
    )


def miswrite_emission(
    ratio: NDArray[np.float64], code: NDArray[np.int8], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Reported ÷ calculated emission, off by 3-6 times up or down where the label says so."""
    off = np.exp(rng.uniform(np.log(3), np.log(6), len(ratio)))
    off = np.where(rng.random(len(ratio)) < 0.7, off, 1 / off)
    return np.where(code == CODE["unusual_intensity"], ratio * off, ratio)
