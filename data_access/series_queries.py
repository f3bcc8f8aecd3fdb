"""Emissions day by day, whole or by part: what trends and forecasts are made of."""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import Text, cast, literal_column, select
from sqlalchemy.sql import ColumnElement

from data_access.expressions import count_rows, period, total
from data_access.filters import LANE_ARROW, Filters, Scope
from data_access.questions import Query, prepared
from data_access.schema import legs
from data_access.selection import selected

__all__ = ["PARTS", "Part", "daily"]

Part = Literal["total", "mode", "supplier", "lane", "lane_group"]
_ARROW: ColumnElement[str] = literal_column(f"'{LANE_ARROW}'")
_OF: dict[str, ColumnElement[Any]] = {
    "total": cast(literal_column("'total'"), Text),
    "mode": legs.c.mode,
    "supplier": legs.c.supplier_id,
    "lane": legs.c.origin + _ARROW + legs.c.destination,
    "lane_group": cast(legs.c.origin_country, Text) + _ARROW + cast(legs.c.destination_country, Text),
}
PARTS: tuple[Part, ...] = ("total", "mode", "supplier", "lane", "lane_group")
_DAY = period("day", legs.c.departed_at)
_SUMS = (
    count_rows().label("legs"),
    total(legs.c.weight_kg).label("weight_kg"),
    total(legs.c.tonne_km).label("tonne_km"),
    total(legs.c.wtw_kg).label("wtw_kg"),
    total(legs.c.low_kg).label("low_kg"),
    total(legs.c.high_kg).label("high_kg"),
)


@prepared
def daily(filters: Filters, scope: Scope, by: Part = "total") -> Query:
    """Sums by day of departure (UTC) and part; days without legs are absent.

    Columns day, part (mode, supplier_id, "origin → destination", "DE → FR", or "total"; null where a place
    is not known), legs, weight_kg, tonne_km, wtw_kg, low_kg, high_kg, by day.
    """
    part = _OF[by]
    return (
        select(_DAY.label("day"), part.label("part"), *_SUMS)
        .where(*selected(filters, scope))
        .group_by(_DAY, part)
        .order_by("day", "part")
    )
