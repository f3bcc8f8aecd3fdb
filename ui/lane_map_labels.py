"""Names on the map: the heaviest places first, each where it covers no other name and no circle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ui.figure_style import literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from analytics.flows import View

__all__ = ["labelled"]

_MOST = 22
_SIZE_PX = 11.5
_LETTER_PX, _LINE_PX, _GAP_PX = 6.3, 15.0, 3.0
_SIDES = ("middle right", "middle left", "top center", "bottom center")


class _Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def labelled(
    centres: NDArray[np.float64], names: list[str], sizes: list[float], unit: float, view: View
) -> dict[str, Any]:
    """A trace of the names that have room, beside, above or below their circle.

    Parameters
    ----------
    centres : ndarray, shape (n, 2)
        Of the circles in the plane, the most important first.
    sizes : list of float
        Diameters in pixels.
    unit : float
        Of the plane, per pixel.
    """
    at = [((x - view.x0) / unit, (view.y1 - y) / unit) for x, y in centres]
    right, bottom = view.width / unit, view.height / unit
    taken = [
        _Box(x - size / 2, y - size / 2, x + size / 2, y + size / 2)
        for (x, y), size in zip(at, sizes, strict=True)
    ]
    kept: list[tuple[int, str]] = []
    for i, name in enumerate(names):
        if len(kept) == _MOST:
            break
        for side in _SIDES:
            box = _box(at[i], sizes[i], name, side)
            outside = box.left < 0 or box.right > right or box.top < 0 or box.bottom > bottom
            others = (one for j, one in enumerate(taken) if j != i)
            if not outside and not any(box.meets(one) for one in others):
                taken.append(box)
                kept.append((i, side))
                break
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [float(centres[i][0]) for i, _ in kept],
        "y": [float(centres[i][1]) for i, _ in kept],
        "text": [literal(names[i]) for i, _ in kept],
        "textposition": [side for _, side in kept],
        "textfont": {"size": _SIZE_PX},
        # Unseen circles of the same size: Plotly keeps a name off its marker.
        "marker": {"size": [sizes[i] for i, _ in kept], "opacity": 0},
        "hoverinfo": "skip",
    }


def _box(at: tuple[float, float], size: float, name: str, side: str) -> _Box:
    x, y = at
    wide, away = len(name) * _LETTER_PX, size / 2 + _GAP_PX
    if side == "middle right":
        return _Box(x + away, y - _LINE_PX / 2, x + away + wide, y + _LINE_PX / 2)
    if side == "middle left":
        return _Box(x - away - wide, y - _LINE_PX / 2, x - away, y + _LINE_PX / 2)
    if side == "top center":
        return _Box(x - wide / 2, y - away - _LINE_PX, x + wide / 2, y - away)
    return _Box(x - wide / 2, y + away, x + wide / 2, y + away + _LINE_PX)
