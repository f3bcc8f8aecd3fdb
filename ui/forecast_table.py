"""The forecast as a table and as files: the rows of the fan chart, all digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from reporting.excel_export import xlsx_bytes
from ui import forecast_parts, formats, tables
from ui.chart_card import titled

if TYPE_CHECKING:
    import pandas as pd

    from analytics.forecasting.results import EmissionForecast
    from ui.forecast_controls import Asked

__all__ = ["SHOWN", "file_rows", "show"]

SHOWN = ["period", "mean", "lower_50", "upper_50", "lower_80", "upper_80", "lower_95", "upper_95"]
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show(found: EmissionForecast, asked: Asked) -> None:
    """The rows and their downloads."""
    rows = file_rows(found, asked.by)
    titled(
        f"{formats.counted(len(found.frame), found.grain)}, "
        f"{formats.emissions(found.frame['mean'].sum())} in all",
        "Mean and ranges of each period. The ends of the ranges do not add up: good and bad days even out."
        + (" The files hold each part's rows too." if len(rows) > len(found.frame) else ""),
    )
    name = f"forecast-{found.history_end:%Y-%m-%d}-{asked.horizon_days}-days"
    with st.container(horizontal=True):
        tables.download(rows, f"{name}.csv", key="download-forecast")
        st.download_button(
            "Download Excel",
            data=lambda: xlsx_bytes(rows, "Forecast"),
            file_name=f"{name}.xlsx",
            mime=_XLSX,
            key="download-forecast-xlsx",
            icon=":material/download:",
            on_click="ignore",
        )
    tables.show(found.frame, SHOWN, key="forecast-rows", alt="Forecast by period with its ranges")


def file_rows(found: EmissionForecast, by: str) -> pd.DataFrame:
    """part, part_name, period, mean and ranges in kg: first the total, then each part."""
    import pandas as pd

    whole = found.frame[SHOWN].assign(part="total", part_name="Total")
    frames = [whole]
    if not found.parts.empty:
        frames.append(forecast_parts.named_parts(found, by))
    rows = pd.concat(frames, ignore_index=True)
    return rows[["part", "part_name", *SHOWN]]
