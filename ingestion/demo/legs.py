"""What happens to each leg of a drawn batch: how far, when, for how much, and what its sender writes down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ingestion.demo import anomalies
from ingestion.demo.lanes import AIR, HUB
from ingestion.demo.world import World

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PER_EUR", "Columns", "expand", "fill_in"]

Columns = dict[str, "NDArray[Any]"]  # arrays of one length, by name
_AIR_EXTRA_KM = 95.0  # what the estimate of a flight adds to the great circle, which is what senders state
_SPEED_KMH = np.array([45.0, 35.0, 32.0, 700.0, 11.0, 1.0])  # as MODES
_HANDLING_H = np.array([3.0, 14.0, 30.0, 9.0, 10.0, 10.0])
_DISTANCE_NOISE = np.array([0.012, 0.008, 0.015, 0.0, 0.008, 0.0])
_EUR_PER_TKM = np.array([0.11, 0.05, 0.012, 0.45, 0.025, 0.0])
_EUR_PER_T = np.array([4.0, 6.0, 9.0, 90.0, 3.0, 11.0])
_EUR_FIXED = np.array([110.0, 240.0, 340.0, 85.0, 260.0, 35.0])
PER_EUR = {"EUR": 1.0, "USD": 1.08, "GBP": 0.85}


def expand(world: World, ship: Columns, rng: np.random.Generator) -> Columns:
    """One row a leg of the batch, with what the choice of anomalies looks at."""
    habits = world.habits
    many = world.flows["n_legs"][ship["flow"]]
    shipment = np.repeat(np.arange(len(many)), many)
    first = np.cumsum(many) - many
    leg_no = np.arange(len(shipment)) - first[shipment]
    row = world.flows["first_leg"][ship["flow"]][shipment] + leg_no
    supplier, mode = ship["supplier"][shipment], world.legs["mode"][row]
    hub = mode == HUB
    return {
        "shipment": shipment,
        "first": first,
        "leg_no": leg_no + 1,
        "row": row,
        "supplier": supplier,
        "mode": mode,
        "distance_km": world.legs["distance_km"][row],
        "reported": hub | (rng.random(len(row)) < habits["gives_distance"][supplier]),
        "has_emission": ~hub & (rng.random(len(row)) < habits["reports_emission"][supplier]),
        "ocean": world.legs["ocean"][row],
        "inland": world.legs["inland"][row],
        "only_sea": world.legs["only_sea"][row],
    }


def fill_in(world: World, noise: float, ship: Columns, leg: Columns, rng: np.random.Generator) -> None:
    """Add mode, distance, mass, money and times of each leg, errors included, and each incoterm."""
    n = len(leg["row"])
    stated = anomalies.miswrite_mode(leg["mode"], leg["code"])
    flown = leg["code"] == anomalies.CODE["unusual_mode"]
    # An impossible mode is only written: the goods went as ever.
    moved_by = np.where(flown, AIR, leg["mode"])
    estimate = np.where(flown, world.legs["air_km"][leg["row"]], leg["distance_km"])
    wobble = 1 + _DISTANCE_NOISE[moved_by] * noise * rng.standard_normal(n).clip(-3, 3)
    by_air = moved_by == AIR
    told = np.where(by_air, estimate - _AIR_EXTRA_KM, estimate * world.legs["detour"][leg["row"]] * wobble)
    leg["true_km"] = np.where(leg["reported"] & (moved_by != HUB), told, estimate)
    written = anomalies.miswrite_distance(leg["true_km"], leg["code"])
    leg["km"] = np.where(leg["reported"], written.round(1), written)
    leg["basis"] = np.where(leg["reported"], np.where(by_air, 2, 0), np.where(moved_by == HUB, 0, 1))
    leg["stated_mode"], leg["weight_true"] = stated, ship["weight_kg"].round(2)[leg["shipment"]]
    wrong = anomalies.miswrite_weight(ship["weight_kg"], ship["code"], rng)
    leg["weight_kg"] = np.maximum(wrong, 0.1).round(2)[leg["shipment"]]
    _times(world, ship, leg, moved_by, rng)
    _money(world, leg, moved_by, rng)
    spread = 0.03 * noise * rng.standard_normal(n)
    ratio = (1 + world.habits["emission_bias"][leg["supplier"]] + spread).clip(0.9, 1.1)
    ratio = anomalies.miswrite_emission(ratio, leg["code"], rng)
    leg["emission_ratio"] = np.where(leg["has_emission"], ratio, np.nan)
    leg["carrier"] = world.habits["carriers"][leg["supplier"], moved_by, (rng.random(n) > 0.75).astype(int)]
    leg["gives_class"] = world.flows["gives_class"][ship["flow"]][leg["shipment"]] & (moved_by != HUB)
    which = (rng.random(len(ship["flow"])) > 0.85).astype(int)
    ship["incoterm"] = world.habits["incoterms"][ship["supplier"], which]


def _times(
    world: World, ship: Columns, leg: Columns, moved_by: NDArray[Any], rng: np.random.Generator
) -> None:
    """Departure and arrival in minutes; each leg leaves some hours after the one before has arrived."""
    habits, n = world.habits, len(moved_by)
    hours = leg["true_km"] / _SPEED_KMH[moved_by] + _HANDLING_H[moved_by]
    late = rng.random(n) < habits["late_share"][leg["supplier"]]
    hours *= np.exp(0.12 * rng.standard_normal(n)) * np.where(late, 1.2 + rng.random(n), 1.0)
    under_way = np.maximum(60 * hours, 20).astype(np.int64)
    wait = np.where(leg["leg_no"] > 1, 60 + 1140 * rng.random(n), 0).astype(np.int64)
    passed = np.cumsum(under_way + wait)
    before = (passed - under_way - wait)[leg["first"]][leg["shipment"]]
    leg["arrived_min"] = ship["departed_min"][leg["shipment"]] + passed - before
    leg["departed_min"] = leg["arrived_min"] - under_way
    leg["arrival_told"] = rng.random(n) < habits["gives_arrival"][leg["supplier"]]


def _money(world: World, leg: Columns, moved_by: NDArray[Any], rng: np.random.Generator) -> None:
    """What the forwarder charged for what was really moved, in the supplier's currency."""
    habits, n = world.habits, len(moved_by)
    tonnes = leg["weight_true"] / 1000
    eur = _EUR_FIXED[moved_by] + tonnes * (_EUR_PER_T[moved_by] + leg["true_km"] * _EUR_PER_TKM[moved_by])
    eur *= habits["price"][leg["supplier"]] * np.exp(0.06 * rng.standard_normal(n))
    rate = np.array([PER_EUR[code] for code in habits["currency"]])[leg["supplier"]]
    known = rng.random(n) < habits["gives_cost"][leg["supplier"]]
    leg["cost"] = np.where(known, (eur * rate).round(2), np.nan)
