"""The bands of distance and mass that legs are compared within, as SQL; they are numbers from 0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, case, literal_column
from sqlalchemy.sql import ColumnElement

from data_access.schema import legs

__all__ = ["DISTANCE_BAND", "DISTANCE_EDGES_KM", "WEIGHT_BAND", "WEIGHT_EDGES_KG"]

# Flights have other factors from 1,500 km on, and sea legs other ships from 4,000 km.
DISTANCE_EDGES_KM = (100, 300, 700, 1_500, 4_000, 9_000)
WEIGHT_EDGES_KG = (500, 2_000, 7_500, 15_000, 25_000)


def _band(column: ColumnElement[float], edges: Sequence[int]) -> ColumnElement[int]:
    """0 below the first edge, 1 from there to the second, and so on; an edge belongs to the band above.

    Numbers stand in the text: a key with parameters is not recognised again in GROUP BY.
    """
    below: list[Any] = [(column < _number(edge), _number(place)) for place, edge in enumerate(edges)]
    return case(*below, else_=_number(len(edges)))


def _number(value: int) -> ColumnElement[int]:
    return literal_column(str(value), Integer)


DISTANCE_BAND = _band(legs.c.distance_km, DISTANCE_EDGES_KM).label("distance_band")
WEIGHT_BAND = _band(legs.c.weight_kg, WEIGHT_EDGES_KG).label("weight_band")
