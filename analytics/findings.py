"""One sentence per chart: what it shows, in words, computed from the same frame."""

from __future__ import annotations

import pandas as pd

__all__ = [
    "anomaly_kinds_finding",
    "anomaly_points_finding",
    "anomaly_times_finding",
    "lanes_finding",
    "mode_finding",
    "place_in_group",
    "suppliers_finding",
    "time_finding",
]

_MODE_NAMES = {"inland_waterway": "inland waterway", "hub": "hubs"}
_FLAT = 0.05  # a change below five per cent is called steady
_CONCENTRATED = 0.5
_CLUSTERED = 3.0  # times the usual period's anomalies


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


def anomaly_kinds_finding(by_kind: pd.DataFrame) -> str:
    """The kind with the most kg CO2e at stake (columns label, legs, at_stake_kg)."""
    if by_kind.empty:
        return "Nothing is open"
    first = by_kind.loc[by_kind["at_stake_kg"].idxmax()]
    total = by_kind["at_stake_kg"].sum()
    if len(by_kind) == 1:
        return f"All of it is one kind: {_lower(first['label'])}"
    share = _percent(first["at_stake_kg"] / total) if total else "none"
    return f"{first['label']} makes {share} of what is at stake"


def anomaly_times_finding(timeline: pd.DataFrame) -> str:
    """The period with the most anomalies, and whether it stands out (columns period, group, legs)."""
    if timeline.empty:
        return "No anomaly in this period"
    grain = timeline.attrs.get("grain", "period")
    sums = timeline.groupby("period")["legs"].sum()
    peak, most, all_legs = sums.idxmax(), int(sums.max()), int(sums.sum())
    if len(sums) == 1:
        return f"{_legs(all_legs)}, all {_when(peak, grain)}"
    if most < 3 or most < _CLUSTERED * sums.median():
        return f"Anomalies are spread over the {grain}s, at most {most} {_when(peak, grain)}"
    of_peak = timeline[timeline["period"] == peak].groupby("group")["legs"].sum()
    return f"{most} of {_legs(all_legs)} cluster {_when(peak, grain)}, mostly {_lower(of_peak.idxmax())}"


def anomaly_points_finding(points: pd.DataFrame) -> str:
    """How far the anomalies' intensity lies from the normal legs' (intensity_g_per_tkm, is_anomaly)."""
    known = points[points["intensity_g_per_tkm"] > 0]
    odd = known.loc[known["is_anomaly"].astype(bool), "intensity_g_per_tkm"]
    normal = known.loc[~known["is_anomaly"].astype(bool), "intensity_g_per_tkm"]
    if odd.empty:
        return "No anomaly with a distance in this selection"
    if normal.empty:
        return "Only anomalies in this selection"
    low, high = normal.quantile([0.01, 0.99])
    outside = int(((odd < low) | (odd > high)).sum())
    if not outside:
        return "By intensity alone the anomalies look like other legs"
    return f"{outside} of {_legs(len(odd), 'anomaly', 'anomalies')} lie outside the usual intensities"


def place_in_group(values: pd.Series, value: float) -> str:
    """Where a leg's value stands among those of its group."""
    if values.empty:
        return "There is no other leg to compare with"
    below, above = float((values < value).mean()), float((values > value).mean())
    if below >= 1.0:
        return f"Higher than every one of {_legs(len(values), 'comparable leg', 'comparable legs')}"
    if above >= 1.0:
        return f"Lower than every one of {_legs(len(values), 'comparable leg', 'comparable legs')}"
    if below >= 0.5:
        return f"Higher than {_part(below)} of comparable legs"
    return f"Lower than {_part(above)} of comparable legs"


def _part(share: float) -> str:
    """A share that is not everything is never called 100 %."""
    return "over 99 %" if share > 0.99 else f"{share * 100:.0f} %"


def _legs(number: int, one: str = "leg", many: str = "legs") -> str:
    return f"{number:,} {one if number == 1 else many}"


def _lower(label: object) -> str:
    text = str(label)
    return text[:1].lower() + text[1:]


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
