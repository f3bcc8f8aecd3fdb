"""A scenario handed to the forecast: what each lever saves, as kg CO2e a day from a date on."""

from __future__ import annotations

from datetime import date

from analytics.forecasting.events import Event
from analytics.recommendations.shifts import DAYS_PER_YEAR
from analytics.scenarios.results import ScenarioResult

__all__ = ["as_events"]


def as_events(result: ScenarioResult, start: date) -> tuple[Event, ...]:
    """One event per lever that changes anything; savings are negative.

    A year's effect is spread evenly over its days: what is seasonal in it is not shown.
    """
    return tuple(
        Event(
            start=start,
            end=None,
            kg_per_day=-step.saved_kg / DAYS_PER_YEAR,
            low_kg_per_day=-step.saved_high_kg / DAYS_PER_YEAR,
            high_kg_per_day=-step.saved_low_kg / DAYS_PER_YEAR,
            label=step.description,
        )
        for step in result.steps.itertuples(index=False)
        if step.saved_kg
    )
