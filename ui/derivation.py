"""How a figure came about, one click from it: formula, factors with their sources, data types, range."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import formats, tables

if TYPE_CHECKING:
    import pandas as pd

    from analytics.overview import Derivation, Totals

__all__ = ["FIGURES", "credits_of", "formula", "show"]

FIGURES = {
    "emissions": "Emissions",
    "intensity": "Intensity",
    "tonne_km": "Transport activity",
    "shipments": "Shipments",
    "cost": "Freight cost",
    "primary": "Share of primary data",
}
_WITH_FACTORS = {"emissions", "intensity"}
_RANGE = (
    "**95 % range.** Each leg's range comes from the quality of its mass, distance and factor (GHG Protocol, "
    "*Quantitative Inventory Uncertainty*). Legs that share a factor share its error, so their deviations "
    "add up; different factors are taken as independent, so theirs combine as the root of the sum of squares."
)
_METHOD = (
    "**Method**, aligned with ISO 14083 and the GLEC Framework. Emissions are mass in t × distance in km × "
    "the well-to-wheel factor of the vehicle class: burning the fuel (tank-to-wheel) and making it "
    "(well-to-tank). Where a file has no distance, it is modelled between the two places: great circle × 1.2 "
    "by road and rail, the route between the nearest ports by sea, great circle + 95 km by air. Hub legs are "
    "outbound tonnes × the intensity given with the row."
)
_PLACES = "Places © GeoNames, CC BY 4.0."
_REPORTED = (
    "A leg whose carrier reported its emissions (primary data) keeps the reported figure: there kg CO2e is "
    "not tonne-km × factor. A distance on another basis than its factor's is adjusted first (ISO 14083)."
)


def formula(figure: str, totals: Totals) -> str:
    """One line of arithmetic with this selection's numbers.

    Raises
    ------
    KeyError
        For a figure that is not in `FIGURES`.
    """
    legs = formats.counted(totals.legs, "leg")
    ttw, wtt = formats.masses_of(totals.wtw_kg, totals.ttw_kg, totals.wtt_kg)
    return {
        "emissions": f"{formats.emissions(totals.wtw_kg)} = Σ over {legs} of mass × distance × factor "
        f"= {ttw} tank-to-wheel + {wtt} well-to-tank",
        "intensity": f"{formats.intensity(totals.intensity_g_per_tkm)} = {formats.emissions(totals.wtw_kg)} "
        f"÷ {formats.tonne_km(totals.tonne_km)}",
        "tonne_km": f"{formats.tonne_km(totals.tonne_km)} = Σ over {legs} of mass in t × distance in km",
        "shipments": f"{formats.counted(totals.shipments, 'shipment')} = transport chains among {legs}, each "
        "counted where its first leg departs; where a filter takes single legs, with any leg",
        "cost": f"{formats.moneys(totals.costs, most=9)} = Σ of the costs that stand on "
        f"{formats.share(totals.costed_share)} of {legs}; currencies are not converted",
        "primary": f"{formats.share(totals.primary_share)} = emissions that carriers reported themselves "
        f"÷ {formats.emissions(totals.wtw_kg)}",
    }[figure]


def show(figure: str, derivation: Derivation) -> None:
    """Open the derivation of one figure over the page."""

    @st.dialog(f"{FIGURES[figure]}: how this figure came about", width="large")
    def opened() -> None:
        totals = derivation.totals
        st.markdown(f"**{formats.plain(formula(figure, totals))}**")
        if figure in _WITH_FACTORS:
            spread = formats.emissions_range(totals.wtw_kg, totals.low_kg, totals.high_kg)
            st.markdown(f"With its 95 % range: {spread} CO2e. {_flagged(totals)}")
            _factors(derivation)
            st.caption(_REPORTED)
            st.markdown(_RANGE)
        left, right = st.columns(2)
        with left:
            st.markdown("**By data type**")
            tables.show(derivation.by_data_type, ["data_type", "legs", "share"], key="derivation-types")
        with right:
            st.markdown("**By origin of the distance**")
            tables.show(
                derivation.by_distance_source,
                ["distance_source", "legs", "share"],
                key="derivation-distances",
            )
        st.caption("Shares are of emissions.")
        st.markdown(_METHOD)
        st.caption(formats.plain(credits_of(derivation.by_factor)))

    opened()


def credits_of(by_factor: pd.DataFrame) -> str:
    """Where the factors and places come from and under which licence, once for each factor set."""
    kinds = by_factor.dropna(subset=["source"])[["factor_set", "source", "licence"]].drop_duplicates()
    named = [f"{row.factor_set}, {row.source} ({row.licence})" for row in kinds.itertuples()]
    return f"Factors: {'; '.join(named)}. {_PLACES}" if named else _PLACES


def _factors(derivation: Derivation) -> None:
    frame = derivation.by_factor
    rows = frame.assign(
        kg_per_unit=frame["ttw_kg_per_unit"] + frame["wtt_kg_per_unit"],
        vehicle_class=frame["vehicle_class"].mask(
            frame["temperature_controlled"].eq(True), frame["vehicle_class"] + ", refrigerated"
        ),
    )
    st.markdown(f"**The {len(rows)} factors behind it**" if len(rows) != 1 else "**The factor behind it**")
    columns = ["mode", "vehicle_class", "legs", "tonne_km", "kg_per_unit", "unit", "wtw_kg", "factor_set"]
    tables.show(rows, columns, key="derivation-factors")
    tables.download(rows, "factors-used.csv", key="derivation-csv", label="Download these factors")


def _flagged(totals: Totals) -> str:
    if not totals.flagged_legs:
        return "No leg is flagged as implausible."
    return (
        f"{formats.share(totals.flagged_share)} of it ({formats.mass(totals.flagged_kg)}) comes from "
        f"{formats.counted(totals.flagged_legs, 'leg')} flagged as implausible."
    )
