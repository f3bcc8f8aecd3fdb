"""Documents about one supplier: a scorecard to send (PDF), and a file to ask it for data (Excel)."""

from __future__ import annotations

from reporting.suppliers.request_file import request_file
from reporting.suppliers.scorecard import (
    AdviceLine,
    Figure,
    GapLine,
    ModeLine,
    PartLine,
    Scorecard,
    TrendPoint,
    scorecard_pdf,
)

__all__ = [
    "AdviceLine",
    "Figure",
    "GapLine",
    "ModeLine",
    "PartLine",
    "Scorecard",
    "TrendPoint",
    "request_file",
    "scorecard_pdf",
]
