"""Tables: columns named and formatted once for the whole app, and a CSV of the same rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from reporting.csv_export import csv_bytes
from ui.anomaly_words import kind_label, status_label
from ui.countries import country_label
from ui.theme import DATA_TYPE_LABELS, DISTANCE_SOURCE_LABELS, mode_label

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COLUMNS", "WRAPPED_PX", "column_config", "download", "height_of", "show", "worded"]

_TEXT_PX = 130  # "Inland waterway" in full
# Columns that need more or less than that; the widest take what is left.
_WIDTH_PX = {
    "unit": 55,
    "row_number": 70,
    "leg_no": 55,
    "column": 110,
    "column_name": 110,
    "value": 200,
    "kind": 150,
    "problem": 470,
    "reason": 470,
    "flag_reason": 470,
    "vehicle_class": 240,
    "level": 220,
    "factor_set": 115,
    "data_type": 215,
    "distance_source": 250,
    "name": 190,
    "supplier": 170,
    "file_name": 225,
    "imported_by": 130,
    "origin": 150,
    "destination": 150,
    "lane": 190,
    "regions": 210,
    "distance_band": 115,
    "weight_band": 105,
    "compared_with": 170,
    "gap": 330,
    "attribute": 190,
    "usual": 190,
    "status": 90,
    "change": 330,
    "rank_range": 100,
    "score_range": 100,
    "ratio_range": 110,
    "evidence_words": 220,
    "place": 170,
    "days_words": 230,
    "cost": 180,
    "days_change": 170,
    "cost_change": 190,
    "basis": 200,
    "currency": 80,
    "modes_in": 140,
    "modes_out": 140,
    "part_name": 230,
    "method_name": 200,
}
WRAPPED_PX = 62  # Streamlit wraps text in rows of more than 4 rem
_ONE_LINE = 75  # characters that the widest column shows in one line

_ROWS_IN_VIEW, _TALL_PX = 10, 372
_PERCENT = "%.2g %%"  # as formats.percent
# Column → title, format of the numbers, explanation. Shares are shown in per cent and exported as fractions.
COLUMNS: dict[str, tuple[str, str | None, str | None]] = {
    "period": ("Period from", None, "First day of the period, UTC"),
    "mode": ("Mode", None, None),
    "name": ("Supplier", None, None),
    "supplier": ("Supplier", None, None),
    "supplier_id": ("Supplier id", None, None),
    "origin": ("Origin", None, None),
    "origin_country": ("Origin country", None, None),
    "destination": ("Destination", None, None),
    "destination_country": ("Destination country", None, None),
    "legs": ("Legs", "localized", "Transport chain elements"),
    "tonne_km": ("Tonne-km", "%,.0f", "Mass × distance"),
    "wtw_kg": ("kg CO2e", "%,.0f", "Well-to-wheel"),
    "low_kg": ("Low, kg", "%,.0f", "Lower end of the 95 % range"),
    "high_kg": ("High, kg", "%,.0f", "Upper end of the 95 % range"),
    "intensity_g_per_tkm": ("g CO2e/tkm", "%,.1f", "Emissions ÷ tonne-km"),
    "wtw_share": ("Emissions share", _PERCENT, None),
    "tkm_share": ("Tonne-km share", _PERCENT, None),
    "share": ("Share", _PERCENT, None),
    "data_type": ("Data type", None, None),
    "distance_source": ("Distance from", None, None),
    "factor_set": ("Factor set", None, None),
    "vehicle_class": ("Vehicle class", None, None),
    "kg_per_unit": ("kg CO2e per unit", "%.5f", "Tank-to-wheel + well-to-tank"),
    "unit": ("Unit", None, "tkm, or t for hubs"),
    "year": ("Year", "%d", None),
    "region": ("Region", None, None),
    "source": ("Source", None, None),
    "licence": ("Licence", None, None),
    "row_number": ("Row", "%d", "As a spreadsheet counts it: the header is row 1"),
    "column": ("Column", None, None),
    "column_name": ("Column", None, None),
    "value": ("Value", None, None),
    "problem": ("Problem", None, None),
    "departed_at": ("Departed (UTC)", None, None),
    "arrived_at": ("Arrived (UTC)", None, None),
    "weight_kg": ("Mass, kg", "%,.0f", "Actual mass with packaging"),
    "distance_km": ("Distance, km", "%,.0f", None),
    "shipment_id": ("Shipment", None, None),
    "leg_no": ("Leg", "%d", None),
    "kind": ("What", None, None),
    "reason": ("Why", None, None),
    "flag": ("Flag", None, "The worst open or confirmed anomaly of this leg"),
    "flag_reason": ("Flagged because", None, None),
    "lane": ("Lane", None, None),
    "usual": ("Value → usual", None, "What stands there, and the range that is usual for comparable legs"),
    "at_stake_kg": ("At stake, kg CO2e", "%,.0f", "Emission of this leg that is in doubt"),
    "status": ("Status", None, None),
    "change": ("What was changed", None, None),
    "before_kg": ("Before, kg CO2e", "%,.0f", None),
    "after_kg": ("After, kg CO2e", "%,.0f", None),
    "corrected_at": ("Corrected (UTC)", None, None),
    "corrected_by": ("By", None, None),
    "undone_at": ("Undone (UTC)", None, None),
    "undone_by": ("Undone by", None, None),
    "text": ("Name in the file", None, None),
    "rows": ("Rows", "localized", None),
    "file_name": ("File", None, None),
    "imported_at": ("Imported (UTC)", None, None),
    "imported_by": ("By", None, None),
    "rows_read": ("Read", "localized", None),
    "rows_accepted": ("Accepted", "localized", None),
    "rows_rejected": ("Rejected", "localized", None),
    "rows_duplicate": ("Duplicates", "localized", None),
    "rows_flagged": ("Flagged", "localized", None),
    "feature": ("Feature", None, None),
    "level": ("Of the leg", None, None),
    "effect_pct": ("Effect, %", "%+.1f", "Mean effect against a typical leg"),
    "low_pct": ("Low, %", "%+.1f", "Nine of ten legs with this value have a larger effect"),
    "high_pct": ("High, %", "%+.1f", "Nine of ten legs with this value have a smaller effect"),
    "distance_band": ("Distance", None, None),
    "weight_band": ("Mass", None, None),
    "regions": ("From → to", None, None),
    "temperature_controlled": ("Temperature", None, "Whether the temperature is controlled"),
    "observed_kg": ("kg CO2e", "%,.0f", "Well-to-wheel, of the legs that can be compared"),
    "expected_kg": ("Peers, kg", "%,.0f", "What peers would have emitted for the same jobs"),
    "extra_kg": ("Above peers, kg", "%+,.0f", "Emitted less what peers would have for the same jobs"),
    "ratio": ("× peers", "%.2f", "Emitted ÷ what peers would have for the same jobs; 1 is as peers"),
    "peers": ("Peers", "localized", "Other suppliers behind the comparison"),
    "compared_with": ("Compared with", None, None),
    "gap": ("Missing", None, None),
    "in_doubt_kg": ("In doubt, kg", "%,.0f", "By how much the 95 % range would narrow if it were known"),
    "attribute": ("What", None, None),
    "country": ("Country", None, None),
    "sector": ("Sector", None, None),
    "tier": ("Tier", "%d", "1 supplies directly, 2 through another supplier, and so on"),
    "target_pct": ("Target, %", "%.3g", "Its own target: reduction of emissions against its base year"),
    "target_base_year": ("Base year", "%d", "Of its own target"),
    "target_year": ("Target year", "%d", None),
    "old": ("Now", None, None),
    "new": ("Becomes", None, None),
    "kg_per_leg": ("kg CO2e", "%+,.0f", "What the effect makes in the median leg with this value"),
    "rank": ("Rank", "%d", "1 has the highest score"),
    "rank_range": ("Rank, 95 %", None, "Between which ranks it lies, by chance"),
    "score": ("Score", "%.0f", "0 to 100; 50 is as peers do"),
    "score_range": ("Score, 95 %", None, None),
    "ratio_range": ("× peers, 95 %", None, None),
    "efficiency_points": (
        "Efficiency",
        "%.0f",
        "Points, 0 to 100: emissions against peers",
    ),
    "mode_choice_points": ("Mode choice", "%.0f", "Points, 0 to 100: modes against those of peers"),
    "consolidation_points": ("Consolidation", "%.0f", "Points, 0 to 100: mass per shipment and part loads"),
    "data_quality_points": ("Data quality", "%.0f", "Points, 0 to 100: primary data and flagged legs"),
    "trend_points": ("Trend", "%.0f", "Points, 0 to 100: its ratio now against a year ago"),
    "cost_per_t": ("Cost per t", "%,.0f", "Freight cost ÷ mass, of the legs whose cost is known"),
    "currency": ("Currency", None, "The one that most of the mass is paid in; currencies are never added up"),
    "other_costs": ("Other currencies", None, None),
    "days": ("Median days", "%,.1f", "From departure to arrival"),
    "days_words": ("Lead time", None, "Median from departure to arrival"),
    "days_change": ("Lead time", None, "Median of the whole chain, now → then"),
    "cost": ("Cost", None, "Per tonne, where it is known"),
    "cost_change": ("Cost", None, "Per tonne, now → then, where it is known"),
    "basis": ("Figure", None, None),
    "kg_per_t": ("kg CO2e/t", "%,.2f", "Emissions ÷ mass"),
    "kg": ("kg CO2e", "%,.0f", "If all of this selection's mass on the lane went so"),
    "change_kg": ("Change, kg", "%+,.0f", "Against what the selection emits on this lane"),
    "mass_share": ("Mass now", _PERCENT, "Share of this selection's mass on the lane"),
    "shipments": ("Shipments", "localized", None),
    "move": ("Move", None, "Main mode now → then"),
    "saved_kg": ("Saved, kg/year", "%,.0f", "kg CO2e per year"),
    "saved_low_kg": ("Saved, low", "%,.0f", "Lower end of the 95 % range, kg CO2e per year"),
    "saved_high_kg": ("Saved, high", "%,.0f", "Upper end of the 95 % range, kg CO2e per year"),
    "saved_share": ("Saved", _PERCENT, "Of what these chains emit"),
    "now_kg": ("Now, kg/year", "%,.0f", "kg CO2e per year"),
    "evidence_words": ("Evidence", None, "Where the cleaner mode was seen, and how often"),
    "place": ("Hub", None, None),
    "modes_in": ("Comes in by", None, "The leg before the hub"),
    "modes_out": ("Goes out by", None, "The leg after the hub"),
    "part_name": ("Part", None, None),
    "mean": ("Forecast, kg", "%,.0f", "kg CO2e, mean"),
    "lower_50": ("50 %, low", "%,.0f", "kg CO2e; one of two periods lies inside"),
    "upper_50": ("50 %, high", "%,.0f", "kg CO2e; one of two periods lies inside"),
    "lower_80": ("80 %, low", "%,.0f", "kg CO2e; four of five periods lie inside"),
    "upper_80": ("80 %, high", "%,.0f", "kg CO2e; four of five periods lie inside"),
    "lower_95": ("95 %, low", "%,.0f", "kg CO2e; 19 of 20 periods lie inside"),
    "upper_95": ("95 %, high", "%,.0f", "kg CO2e; 19 of 20 periods lie inside"),
    "actual_kg": ("Emitted, kg", "%,.0f", "kg CO2e, what came"),
    "method_name": ("Method", None, None),
    "horizon_days": ("Days ahead", "%d", "The days 1 to this one after a forecast was made"),
    "wape": ("WAPE", _PERCENT, "Sum of errors ÷ sum of emissions"),
    "mase": ("MASE", "%.2f", "Errors ÷ those of taking the same weekday before; below 1 is better"),
    "bias_share": ("Bias", _PERCENT, "Above 0: forecast too high"),
    "coverage_80": ("80 % held", _PERCENT, "Share of days that lay inside of the 80 % range"),
    "coverage_95": ("95 % held", _PERCENT, "Share of days that lay inside of the 95 % range"),
    "width_80_kg": ("80 % width, kg", "%,.0f", "Mean width of the 80 % range"),
    "origins": ("Tests", "%d", "Days in the past that were forecast from"),
}
_WORDS = {
    "mode": mode_label,
    "temperature_controlled": lambda controlled: "controlled" if controlled else "not controlled",
    "country": country_label,
    "origin_country": country_label,
    "destination_country": country_label,
    "kind": kind_label,
    "status": status_label,
    "data_type": lambda name: DATA_TYPE_LABELS.get(name, name),
    "distance_source": lambda name: DISTANCE_SOURCE_LABELS.get(name, name),
}


def show(frame: pd.DataFrame, columns: list[str], *, key: str, alt: str | None = None) -> None:
    """Show these columns of a frame, with the app's titles and formats."""
    st.dataframe(
        worded(frame[columns]),
        hide_index=True,
        column_config=column_config(columns),
        height=height_of(frame),
        row_height=_row_height(frame[columns]),
        key=key,
        placeholder="–",
        alt=alt,
    )


def height_of(frame: pd.DataFrame) -> int | Literal["auto"]:
    """As tall as its rows, up to ten of them; the rest scrolls."""
    return "auto" if len(frame) <= _ROWS_IN_VIEW else _TALL_PX


def download(frame: pd.DataFrame, file_name: str, *, key: str, label: str = "Download CSV") -> None:
    """Offer the frame as it is, with full precision, as a CSV that no spreadsheet runs as formulas."""
    st.download_button(
        label,
        data=lambda: csv_bytes(frame),
        file_name=file_name,
        mime="text/csv",
        key=key,
        icon=":material/download:",
        on_click="ignore",
    )


def column_config(columns: list[str]) -> dict[str, Any]:
    """Streamlit's description of the named columns."""
    found: dict[str, Any] = {}
    for column in columns:
        title, numbers, why = COLUMNS[column]
        if numbers:
            found[column] = st.column_config.NumberColumn(
                title, format=numbers, help=why, width=_WIDTH_PX.get(column)
            )
        elif column == "period":
            found[column] = st.column_config.DateColumn(title, format="YYYY-MM-DD", help=why)
        elif column.endswith("_at"):
            found[column] = st.column_config.DatetimeColumn(title, format="YYYY-MM-DD HH:mm", help=why)
        else:
            width = _WIDTH_PX.get(column, _TEXT_PX)
            found[column] = st.column_config.TextColumn(title, help=why, width=width)
    return found


def _row_height(frame: pd.DataFrame) -> int | None:
    """Two lines for every row where a reason is too long for one: it is what the reader came for."""
    reasons = [column for column in ("problem", "reason") if column in frame]
    long = any(frame[column].astype("string").str.len().max() > _ONE_LINE for column in reasons)
    return WRAPPED_PX if long else None


def worded(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with codes in words and shares in per cent, as the columns above format them."""
    words = {
        column: frame[column].map(write, na_action="ignore")
        for column, write in _WORDS.items()
        if column in frame.columns
    }
    percent = {column: frame[column] * 100 for column in frame.columns if COLUMNS[column][1] == _PERCENT}
    return frame.assign(**words, **percent)
