"""Colours and names that every chart shares: one colour per mode, readable on the light and the dark ground.

The six mode colours keep a contrast of 3:1 on both grounds and stay apart under simulated protan, deutan
and tritan vision; tests/unit/ui/test_ui_theme.py works both out.
"""

from __future__ import annotations

__all__ = [
    "ACCENT",
    "DATA_TYPE_LABELS",
    "DISTANCE_SOURCE_LABELS",
    "GROUND",
    "MODE_COLOURS",
    "MODE_LABELS",
    "NEUTRAL",
    "mode_colour",
    "mode_label",
]

GROUND = {"light": "#ffffff", "dark": "#0e1512"}
ACCENT = {"light": "#0b5d3b", "dark": "#6fd3a8"}

# Bars without a mode (suppliers, lanes): readable on both grounds, so a chart need not know the theme.
NEUTRAL = "#2f8a63"

MODE_COLOURS = {
    "road": "#c48011",
    "rail": "#137743",
    "sea": "#2f6fd0",
    "air": "#da3a5a",
    "inland_waterway": "#04a2b8",
    "hub": "#7d7f86",
}

MODE_LABELS = {
    "road": "Road",
    "rail": "Rail",
    "sea": "Sea",
    "air": "Air",
    "inland_waterway": "Inland waterway",
    "hub": "Hub",
}

DATA_TYPE_LABELS = {
    "primary": "Primary (reported by the carrier)",
    "modelled": "Modelled (own vehicle class)",
    "default": "Default (the mode's average vehicle)",
}

DISTANCE_SOURCE_LABELS = {
    "reported": "Reported in the file",
    "places": "Modelled between the two places",
    "countries": "Modelled, one end known by country only",
}


def mode_colour(mode: str) -> str:
    """Return the mode's colour; an unknown mode gets the hub's grey rather than an error on screen."""
    return MODE_COLOURS.get(mode, MODE_COLOURS["hub"])


def mode_label(mode: str) -> str:
    """Return the mode's name as people write it."""
    return MODE_LABELS.get(mode, mode.replace("_", " ").capitalize())
