"""From the numbers of a drawn batch to frames: every text column is one take out of a short Arrow list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data_access.filters import MODES
from ingestion.demo.habits import PRODUCTS
from ingestion.demo.lanes import AIR, ROAD, SEA
from ingestion.demo.legs import PER_EUR
from ingestion.demo.world import World

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["MAX_SHIPMENTS", "UPLOAD_COLUMNS", "Vocabulary", "shipment_ids", "text"]

_CLASS_INSTEAD = {ROAD: "articulated >33 t", SEA: "container ship average", AIR: "long-haul"}
# Numbers are spread over eight digits without repetition, so that an id says nothing about its row.
_ID_PRIME, _ID_STEP = 99_999_989, 38_196_601
MAX_SHIPMENTS = _ID_PRIME - 1
UPLOAD_COLUMNS = (
    "shipment_id", "leg_no", "departed_at", "arrived_at", "supplier_id", "carrier", "product_group",
    "incoterm", "mode", "vehicle_class", "temperature_controlled", "origin", "origin_country", "origin_lat",
    "origin_lon", "destination", "destination_country", "destination_lat", "destination_lon", "weight_kg",
    "distance_km", "distance_basis", "distance_source", "cost", "currency", "hub_kg_per_t",
    "emission_ratio",
)  # fmt: skip


class Vocabulary:
    """Turns numbers into names; every text column is one take out of a short Arrow list."""

    def __init__(self, world: World) -> None:
        classes = sorted({*world.legs["vehicle_class"], *_CLASS_INSTEAD.values()} - {""})
        self._world = world
        self._class_code = np.array(
            [classes.index(name) if name else -1 for name in world.legs["vehicle_class"]]
        )
        self._class_instead = np.array(
            [classes.index(_CLASS_INSTEAD[m]) if m in _CLASS_INSTEAD else -1 for m in range(len(MODES))]
        )
        self._currencies = list(PER_EUR)
        self._currency = np.array([self._currencies.index(code) for code in world.habits["currency"]])
        self._chilled = np.array([chilled for _, chilled in PRODUCTS.values()])
        self._names = {
            "supplier_id": _list(world.suppliers["supplier_id"]),
            "carrier": _list(world.names["carrier"]),
            "product_group": _list(world.names["product"]),
            "incoterm": _list(world.names["incoterm"]),
            "mode": _list(MODES),
            "vehicle_class": _list(classes),
            "place": _list(world.places["written"]),
            "country": _list(world.places["country"]),
            "distance_basis": _list(("actual", "sfd", "gcd")),
            "distance_source": _list(("places", "reported")),
            "currency": _list(self._currencies),
        }

    def columns(
        self, leg: dict[str, NDArray[Any]], ship: dict[str, NDArray[Any]], rows: NDArray[np.int64]
    ) -> dict[str, Any]:
        """The columns of `UPLOAD_COLUMNS` but id and times, of the given rows of `leg`."""
        world, of_flow = self._world, ship["flow"][leg["shipment"][rows]]
        template, supplier, mode = leg["row"][rows], leg["supplier"][rows], leg["stated_mode"][rows]
        product = world.flows["product"][of_flow]
        own = mode == leg["mode"][rows]
        vehicle = np.where(own, self._class_code[template], self._class_instead[mode])
        vehicle = np.where(leg["gives_class"][rows], vehicle, -1)
        no_cost = np.isnan(leg["cost"][rows])
        found = {
            "leg_no": leg["leg_no"][rows].astype(np.int16),
            "supplier_id": self._take("supplier_id", supplier),
            "carrier": self._take("carrier", leg["carrier"][rows]),
            "product_group": self._take("product_group", product),
            "incoterm": self._take("incoterm", ship["incoterm"][leg["shipment"][rows]]),
            "mode": self._take("mode", mode),
            "vehicle_class": self._take("vehicle_class", vehicle),
            "temperature_controlled": self._chilled[product],
            "weight_kg": leg["weight_kg"][rows],
            "distance_km": leg["km"][rows],
            "distance_basis": self._take("distance_basis", leg["basis"][rows]),
            "distance_source": self._take("distance_source", leg["reported"][rows].astype(np.int64)),
            "cost": leg["cost"][rows],
            "currency": self._take("currency", np.where(no_cost, -1, self._currency[supplier])),
            "hub_kg_per_t": world.legs["hub_kg_per_t"][template],
            "emission_ratio": leg["emission_ratio"][rows],
        }
        for end in ("origin", "destination"):
            place = world.legs[end][template]
            found[end] = self._take("place", place)
            found[f"{end}_country"] = self._take("country", place)
            found[f"{end}_lat"] = world.places["lat"].to_numpy()[place]
            found[f"{end}_lon"] = world.places["lon"].to_numpy()[place]
        return found

    def _take(self, name: str, codes: NDArray[Any]) -> Any:
        return text(self._names[name].take(pa.array(codes, mask=codes < 0)))


def _list(names: Any) -> pa.Array:
    return pa.array(list(names), type=pa.large_string())


def text(values: pa.Array) -> Any:
    """An Arrow list as a pandas text column, without a copy."""
    return pd.array(values, dtype="str")


def shipment_ids(ranks: NDArray[np.int64]) -> Any:
    """Ids like SHP-01234567, one for each rank below `MAX_SHIPMENTS`."""
    numbers = (ranks * _ID_STEP + 1_234_577) % _ID_PRIME
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.large_string()), width=8, padding="0")
    prefix, nothing = (pa.scalar(part, pa.large_string()) for part in ("SHP-", ""))
    return text(pc.binary_join_element_wise(prefix, digits, nothing))
