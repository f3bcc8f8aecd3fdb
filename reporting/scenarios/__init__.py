"""Scenarios on the way out and in: an Excel workbook with its assumptions, and the definition as JSON."""

from __future__ import annotations

from reporting.scenarios.definition import definition_bytes, read_definition
from reporting.scenarios.workbook import SHEETS, ScenarioBook, workbook

__all__ = ["SHEETS", "ScenarioBook", "definition_bytes", "read_definition", "workbook"]
