"""Rules and alerts in words: one sentence on the screen, a short message for a channel."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime

from reporting.alerts.metrics import METRICS, limit, written
from reporting.alerts.rules import Terms

__all__ = ["app_url", "fired", "message", "narrowed", "sentence", "span", "title"]

_NOBODY: Mapping[str, str] = {}
_CLOSE = 0.005  # of the threshold: the value may read like the threshold itself
_VERBS = {"shipments": "are", "emissions_kg": "are", "anomalies": "are"}


def span(minutes: float) -> str:
    """A length of time: 45 min, 6 h, 7 days."""
    if minutes % 60:
        return f"{minutes:,.0f} min"
    hours = minutes / 60
    return f"{hours / 24:,.0f} days" if hours % 24 == 0 and hours > 24 else f"{hours:,.0f} h"


def narrowed(terms: Terms, names: Mapping[str, str] = _NOBODY) -> str:
    """What the rule leaves in: "road, sea; Acme"; empty where it looks at everything."""
    modes = ", ".join(mode.replace("_", " ") for mode in terms.modes)
    suppliers = ", ".join(names.get(one, one) for one in terms.suppliers)
    return "; ".join(filter(None, (modes, suppliers)))


def sentence(terms: Terms, names: Mapping[str, str] = _NOBODY) -> str:
    """The rule: "Emissions above 50 t CO2e within 24 h (road), at most one alert in 6 h"."""
    only = narrowed(terms, names)
    return (
        f"{METRICS[terms.metric].label} {_condition(terms)}{f' ({only})' if only else ''}, "
        f"at most one alert in {span(terms.cooldown_minutes)}"
    )


def fired(terms: Terms, value: float, names: Mapping[str, str] = _NOBODY) -> str:
    """What was found: "Emissions are 62 t CO2e: above 50 t CO2e within 24 h (road)."."""
    metric, only = METRICS[terms.metric], narrowed(terms, names)
    found = written(terms.metric, value)
    just = "just " if abs(value - terms.threshold) <= _CLOSE * terms.threshold else ""
    verb = _VERBS.get(terms.metric, "is")
    condition = f"{just}{_condition(terms)}{f' ({only})' if only else ''}"
    return f"{metric.label} {verb} {found}: {condition}."


def title(rule_name: str) -> str:
    return f"Alert: {rule_name}"


def message(found: str, fired_at: datetime) -> str:
    """The body of what a channel gets: what was found, when, and where to look."""
    return f"{found}\nTime: {fired_at:%Y-%m-%d %H:%M} UTC\nLook into it: {app_url()}/live"


def app_url() -> str:
    """Where people reach the app: APP_URL, else this machine."""
    return (os.environ.get("APP_URL") or f"http://localhost:{os.environ.get('PORT') or 8501}").rstrip("/")


def _condition(terms: Terms) -> str:
    window = f" within {span(terms.window_hours * 60)}" if METRICS[terms.metric].windowed else ""
    return f"{terms.comparison} {limit(terms.metric, terms.threshold)}{window}"
