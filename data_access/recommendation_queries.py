"""What recommendations to one supplier rest on: its legs, and what jobs emit when others run them.

A job is a mode, a distance band, a weight band and whether the goods are temperature controlled.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, select

from data_access.bands import DISTANCE_BAND, WEIGHT_BAND
from data_access.expressions import count_rows, total
from data_access.filters import Filters, Scope
from data_access.questions import Query, Question, prepared
from data_access.schema import legs
from data_access.selection import flagged, selected

__all__ = ["JOB", "job_rates", "supplier_legs"]

JOB = ("mode", "distance_band", "temperature_controlled", "weight_band")


def supplier_legs(filters: Filters, scope: Scope, supplier_id: str) -> Question:
    """Every leg of one supplier in the period and product groups, by shipment and leg number.

    The other fields of the filters have no effect: a chain is wanted whole. Columns: key, times, mode,
    vehicle_class, temperature_controlled, product_group, ends, weight_kg, tonne_km, wtw_kg, low_kg, high_kg,
    data_type, distance_band and weight_band (numbers from 0), flagged.
    """
    return _supplier_legs(_whole(filters, (supplier_id,)), scope)


def job_rates(filters: Filters, scope: Scope) -> Question:
    """What each supplier's legs emit by job and vehicle class, in the period and product groups.

    Columns: supplier_id, `JOB`, vehicle_class (null: not known), legs, tonne_km, wtw_kg, low_kg, high_kg,
    tkm_sq, kg_tkm, kg_sq (sums over legs of tonne_km², kg × tonne_km, kg²), weight_max_kg. Flagged legs
    and those without tonne-km are left out.
    """
    return _job_rates(_whole(filters, ()), scope)


@prepared
def _supplier_legs(filters: Filters, scope: Scope) -> Query:
    shown = (
        "shipment_id", "leg_no", "departed_at", "mode", "vehicle_class", "temperature_controlled",
        "product_group", "origin", "origin_country", "destination", "destination_country", "weight_kg",
        "tonne_km", "wtw_kg", "low_kg", "high_kg", "data_type",
    )  # fmt: skip
    return (
        select(*(legs.c[name] for name in shown), DISTANCE_BAND, WEIGHT_BAND, flagged().label("flagged"))
        .where(*selected(filters, scope))
        .order_by(legs.c.shipment_id, legs.c.leg_no)
    )


@prepared
def _job_rates(filters: Filters, scope: Scope) -> Query:
    by_leg = (
        select(
            *(
                legs.c[name]
                for name in (
                    "supplier_id", "mode", "temperature_controlled", "vehicle_class", "tonne_km", "wtw_kg",
                    "low_kg", "high_kg", "weight_kg",
                )
            ),
            DISTANCE_BAND,
            WEIGHT_BAND,
        )
        .where(*selected(filters, scope), legs.c.tonne_km > 0, legs.c.mode != "hub", ~flagged())
        .subquery("by_leg")
    )  # fmt: skip
    keys = [by_leg.c[name] for name in ("supplier_id", *JOB, "vehicle_class")]
    sums = ("tonne_km", "wtw_kg", "low_kg", "high_kg")
    kg, tkm = by_leg.c.wtw_kg, by_leg.c.tonne_km
    return select(
        *keys,
        count_rows().label("legs"),
        *(total(by_leg.c[name]).label(name) for name in sums),
        total(tkm * tkm).label("tkm_sq"),
        total(kg * tkm).label("kg_tkm"),
        total(kg * kg).label("kg_sq"),
        func.max(by_leg.c.weight_kg).label("weight_max_kg"),
    ).group_by(*keys)


def _whole(filters: Filters, suppliers: tuple[str, ...]) -> Filters:
    return replace(
        filters,
        suppliers=suppliers,
        modes=(),
        origin_countries=(),
        destination_countries=(),
        lanes=(),
        anomalies_only=False,
    )
