"""One sentence per chart: what it shows, in words, computed from the same frame."""

from __future__ import annotations

import pandas as pd

__all__ = ["lanes_finding", "mode_finding", "suppliers_finding", "time_finding"]

_MODE_NAMES = {"inland_waterway": "inland waterway", "hub": "hubs"}
_FLAT = 0.05  # a change below five per cent is called steady
_CONCENTRATED = 0.5


def mode_finding(by_mode: pd.DataFrame) -> str:
    """The mode whose share of emissions exceeds its share of tonne-km most."""
    moved = by_mode[by_mode["tonne_km"] > 0]
    if moved.empty:
        return "No transport in this selection"
    if len(moved) == 1:
        only = moved.iloc[0]
        return (
            f"All transport goes by {_name(only['mode'])}, at {only['intensity_g_per_tkm']:,.0f} g CO2e/tkm"
        )
    excess = (moved["wtw_share"] - moved["tkm_share"]).idxmax()
    row = moved.loc[excess]
    return (
        f"{_name(row['mode']).capitalize()} is {_percent(row['tkm_share'])} of tonne-km "
        f"and {_percent(row['wtw_share'])} of emissions"
    )


def time_finding(over_time: pd.DataFrame) -> str:
    """The second half of the shown periods against the first, the incomplete last period left out."""
    grain = over_time.attrs.get("grain", "period")
    sums = over_time.groupby("period")["wtw_kg"].sum().sort_index()
    if sums.empty:
        return "No emissions in this selection"
    whole = sums.iloc[1:-1] if len(sums) > 3 else sums
    if len(whole) < 4:
        peak = sums.idxmax()
        return f"Emissions peak {_when(peak, grain)}"
    half = len(whole) // 2
    first, second = whole.iloc[:half].mean(), whole.iloc[-half:].mean()
    change = second / first - 1 if first else float("inf")
    if abs(change) < _FLAT:
        return f"Emissions per {grain} are steady, with a peak {_when(whole.idxmax(), grain)}"
    direction = "higher" if change > 0 else "lower"
    if change == float("inf"):
        return f"Emissions begin {_when(whole[whole > 0].index[0], grain)}"
    return f"Emissions per {grain} are {_percent(abs(change))} {direction} in the second half of the period"


def suppliers_finding(top: pd.DataFrame, suppliers: int) -> str:
    """How few suppliers make how much of the emissions."""
    return _concentration(top, suppliers, "supplier")


def lanes_finding(top: pd.DataFrame) -> str:
    """What the heaviest lane contributes."""
    if top.empty:
        return "No lane in this selection"
    first = top.iloc[0]
    ends = f"{_place(first['origin'])} → {_place(first['destination'])}"
    return f"{ends} alone makes {_percent(first['wtw_share'])} of emissions"


def _concentration(top: pd.DataFrame, count: int, noun: str) -> str:
    if top.empty:
        return f"No {noun} in this selection"
    if count == 1:
        return f"One {noun} makes all emissions"
    shares = top["wtw_share"].cumsum()
    enough = int((shares < _CONCENTRATED).sum()) + 1
    if enough > len(top):
        return f"The {len(top)} largest of {count} {noun}s make {_percent(shares.iloc[-1])} of emissions"
    names = f"{enough} {noun}s make" if enough > 1 else f"One {noun} makes"
    return f"{names} {_percent(shares.iloc[enough - 1])} of emissions, out of {count}"


def _name(mode: object) -> str:
    return _MODE_NAMES.get(str(mode), str(mode))


def _place(name: object) -> str:
    return name if isinstance(name, str) and name else "unnamed"  # a missing name is NaN in a frame


def _percent(share: float) -> str:
    if 0 < share < 0.01:
        return "under 1 %"
    return f"{share * 100:.0f} %"


def _when(first_day: object, grain: str) -> str:
    day = pd.Timestamp(str(first_day))
    if grain == "month":
        return f"in {day:%B %Y}"
    return f"{'on' if grain == 'day' else f'in the {grain} of'} {day:%-d %b %Y}"
