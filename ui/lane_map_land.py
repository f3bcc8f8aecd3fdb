"""The land under the map: an SVG picture that the browser moves with the axes and draws once."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from analytics.flows.projection import HEIGHT, WIDTH

__all__ = ["land"]

_FILE = Path(__file__).resolve().parent.parent / "assets" / "map" / "land.json"
# Faint on both grounds: land must be seen, and nothing on it be harder to see.
_COLOUR = "rgb(128,140,134)"


def land(*, near: bool) -> dict[str, Any]:
    """The land as a picture under the axes: the browser moves it with them, and draws it once."""
    return {
        "source": _svg("near" if near else "world"),
        "xref": "x",
        "yref": "y",
        "x": -WIDTH / 2,
        "y": HEIGHT / 2,
        "sizex": WIDTH,
        "sizey": HEIGHT,
        "sizing": "stretch",
        "layer": "below",
    }


@cache
def _svg(level: str) -> str:
    paths = json.loads(_FILE.read_text(encoding="utf-8"))
    box = f"0 0 {paths['width']} {paths['height']}"
    return (
        f'data:image/svg+xml;utf8,<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" '
        f'width="{paths["width"] // 10}" height="{paths["height"] // 10}" preserveAspectRatio="none">'
        f'<path d="{paths[level]["land"]}" fill="{_COLOUR}" fill-opacity="0.24"/>'
        f'<path d="{paths[level]["borders"]}" fill="none" stroke="{_COLOUR}" stroke-opacity="0.4" '
        'stroke-width="0.7" vector-effect="non-scaling-stroke"/></svg>'
    )
