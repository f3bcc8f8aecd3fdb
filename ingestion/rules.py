"""What a leg may say, declared once with pandera; `parsing` only reads the cells."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from data_access import MODES
from ingestion.columns import REQUIRED
from ingestion.reading.sources import problem_frame

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["violations"]

MAX_WEIGHT_KG = 1e9
MAX_DISTANCE_KM = 1e5
MAX_EMISSION_KG = 1e12


@cache
def _schema() -> Any:
    import numpy as np
    import pandera.pandas as pa

    def between(low: float, high: float, says: str) -> pa.Check:
        return pa.Check(lambda values: values.between(low, high), error=says, ignore_na=True)

    def above_zero(high: float, says: str) -> pa.Check:
        return pa.Check(lambda values: values.between(0, high, inclusive="neither"), error=says)

    latitude = between(-90, 90, "A latitude lies between -90 and 90 degrees.")
    longitude = between(-180, 180, "A longitude lies between -180 and 180 degrees.")
    checks = {
        "leg_no": between(1, np.iinfo("int16").max, "Legs are numbered from 1."),
        "mode": pa.Check.isin(MODES, error=f"A mode is one of {', '.join(MODES)}."),
        "weight_kg": above_zero(MAX_WEIGHT_KG, "A weight is more than 0 and less than a million tonnes."),
        "distance_km": between(0, MAX_DISTANCE_KM, "A distance lies between 0 and 100,000 km."),
        "distance_basis": pa.Check.isin(("actual", "sfd", "gcd"), error="A basis is actual, sfd or gcd."),
        "hub_kg_per_t": between(0, MAX_WEIGHT_KG, "A hub's intensity cannot be negative."),
        "wtw_kg": between(0, MAX_EMISSION_KG, "A reported emission cannot be negative or infinite."),
        "origin_lat": latitude,
        "origin_lon": longitude,
        "destination_lat": latitude,
        "destination_lon": longitude,
    }
    names = dict.fromkeys([*REQUIRED, *checks])
    columns = {
        name: pa.Column(None, checks.get(name), nullable=name not in REQUIRED, required=name in REQUIRED)
        for name in names
    }
    return pa.DataFrameSchema(columns)


def violations(legs: pd.DataFrame) -> pd.DataFrame:
    """The rows of parsed legs that break a rule.

    Parameters
    ----------
    legs : DataFrame
        From `parsing.parse`, indexed by row number.

    Returns
    -------
    DataFrame
        row_number, column, value, problem; one row for each broken rule, in the order of the rows.
    """
    from pandera.errors import SchemaErrors

    try:
        _schema().validate(legs, lazy=True)
    except SchemaErrors as broken:
        return _as_problems(broken.failure_cases)
    return problem_frame()


def _as_problems(cases: pd.DataFrame) -> pd.DataFrame:
    cases = cases.sort_values(["index", "column"], kind="stable")
    missing = cases["check"] == "not_nullable"
    says = cases["check"].astype("object").where(~missing, "Nothing stands here, and a leg needs it.")
    values = [
        None if gone else _shown(case) for gone, case in zip(missing, cases["failure_case"], strict=True)
    ]
    return problem_frame(cases["index"].to_numpy("int64"), list(cases["column"]), values, list(says))


def _shown(case: Any) -> str:
    return f"{case:.15g}" if isinstance(case, float) else str(case)
