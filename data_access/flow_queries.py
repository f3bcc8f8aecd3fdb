"""The map's question as SQL: every lane and mode with the places of both ends."""

from __future__ import annotations

from sqlalchemy import Double, func, select

from data_access.expressions import count_rows, total
from data_access.filters import Filters, Scope
from data_access.questions import Query, prepared
from data_access.schema import legs
from data_access.selection import selected

__all__ = ["lane_flows"]

_KEYS = (legs.c.origin, legs.c.origin_country, legs.c.destination, legs.c.destination_country, legs.c.mode)
# An end is where its legs say on average; legs without coordinates have no say.
_PLACES = tuple(
    func.avg(legs.c[name], type_=Double).label(name)
    for name in ("origin_lat", "origin_lon", "destination_lat", "destination_lon")
)
_FLOWS = select(
    *_KEYS,
    *_PLACES,
    count_rows().label("legs"),
    total(legs.c.weight_kg).label("weight_kg"),
    total(legs.c.tonne_km).label("tonne_km"),
    total(legs.c.wtw_kg).label("wtw_kg"),
).group_by(*_KEYS)


@prepared
def lane_flows(filters: Filters, scope: Scope) -> Query:
    """Sums by place pair and mode, hub operations included; coordinates are null where no leg has any."""
    return _FLOWS.where(*selected(filters, scope))
