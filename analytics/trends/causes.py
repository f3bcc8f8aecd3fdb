"""Who moved the level: parts whose own steps make up, or stand behind, a step of the whole."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.trends import words
from analytics.trends.breaks import FRAME, Found, found_frame, search
from analytics.trends.design import ar1, whitened
from analytics.trends.history import blocks
from analytics.trends.steps import LEVEL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["CAUSES", "caused"]

CAUSES = ("date", "by", "part", "name", "kg_per_day", "low", "high", "share_pct")
_ORDER = ("supplier", "mode", "lane")  # what tells most first
_MOST_PARTS = 10
_LARGE = 0.03  # of the whole: smaller parts and smaller steps are not worth a line
_SAME_DAYS = 21
_TOP = 5
_STANDS_OUT = 0.4  # of the step
_CERTAIN = 0.01  # chance that one of the parts looked at moves so much by itself
_DRAWS = 199
_FLOOR = 9.0  # a statistic below it cannot pass a level that is divided by the parts


@dataclass(frozen=True)
class _InPart:
    """A step that one part shows by itself; kg a day of that part."""

    by: str
    part: str
    row: pd.Series
    own_pct: float


def caused(
    found: Found, parts: Mapping[str, pd.DataFrame], names: Mapping[str, str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All steps with their most likely cause, and the parts that moved most at each.

    Parameters
    ----------
    found : Found
        The steps of the whole.
    parts : by ("mode", "supplier", "lane") → DataFrame
        Daily kg, a column a part; each sums to the series that was searched.
    names : supplier_id → name

    Returns
    -------
    (DataFrame, DataFrame)
        `breaks.FRAME` by date, and `CAUSES`.

    Notes
    -----
    First, the large parts are searched like the whole, at a level divided by how many they are: what one
    supplier changed can drown in the noise of all. Such a step counts where it is worth 3 % of the whole.
    Then each part's weeks are regressed, in kg, on all steps, growth and time of year. Since this is linear,
    the parts' steps sum to those of the whole. A part is the cause of a step where it carries 40 % of it and
    moved more than its own noise allows among so many parts.
    """
    frame = found_frame(found)
    own = _in_parts(found, parts)
    rows, dates = frame.to_dict("records"), list(found.dates)
    weeks = [step.week for step in found.steps.found]
    for one in own:
        if any(abs((date - one.row["date"]).days) <= _SAME_DAYS for date in dates):
            continue
        rows.append(_row_of(found, one, names))
        dates.append(one.row["date"])
        weeks.append(int(np.argmin(np.abs((found.weekly.index - one.row["date"]).days))))
    frame = pd.DataFrame(rows, columns=list(FRAME))
    moved = _moved(found, dates, weeks, parts, names)
    for place in range(len(found.dates)):
        for name, value in _chosen(moved[moved["date"] == frame["date"].iloc[place]]).items():
            frame.loc[place, name] = value
    order = ["date", "by", "share_pct"]
    return (
        frame.sort_values("date", ignore_index=True),
        moved.sort_values(order, ascending=[True, True, False], ignore_index=True)[list(CAUSES)],
    )


def _in_parts(found: Found, parts: Mapping[str, pd.DataFrame]) -> list[_InPart]:
    """Steps of the large parts that are worth something to the whole, the surest first."""
    whole = float(found.weekly.mean())
    looked: list[tuple[str, str, pd.Series]] = []
    for by in _ORDER:
        wide = parts.get(by, pd.DataFrame())
        share = wide.mean() / whole if whole > 0 else pd.Series(dtype=float)
        large = share[(share >= _LARGE) & (share < 1.0)].nlargest(_MOST_PARTS)
        looked += [(by, str(part), wide[part]) for part in large.index if part]
    steps = []
    for by, part, days in looked:
        seen = search(days, level=LEVEL / len(looked), draws=_DRAWS, floor=_FLOOR)
        table = found_frame(seen)
        for _, row in table.iterrows():
            if abs(row["change_kg_per_day"]) >= _LARGE * whole:
                surer = row.copy()
                surer["p_value"] = min(1.0, row["p_value"] * len(looked))
                steps.append(_InPart(by, part, surer, float(row["change_pct"])))
    return sorted(steps, key=lambda one: (_ORDER.index(one.by), one.row["p_value"]))


def _row_of(found: Found, one: _InPart, names: Mapping[str, str]) -> dict[Hashable, Any]:
    """A step of a part as a step of the whole: the level of the whole moves by as many kg."""
    week = max(int(np.searchsorted(found.weekly.index, one.row["date"])) - 1, 0)
    before = max(float(found.kg(found.steps.level)[week]), 0.0)
    change = float(one.row["change_kg_per_day"])
    name = names.get(one.part, one.part) if one.by == "supplier" else one.part
    return {
        **one.row.to_dict(),
        "before_kg_per_day": before,
        "after_kg_per_day": max(before + change, 0.0),
        "change_pct": change / before * 100.0 if before > 0 else float("nan"),
        "cause": words.seen_in_part(one.by, name, one.own_pct),
        "cause_by": one.by,
        "cause_part": one.part,
        "cause_name": name,
    }


def _moved(
    found: Found,
    dates: list[pd.Timestamp],
    weeks: list[int],
    parts: Mapping[str, pd.DataFrame],
    names: Mapping[str, str],
) -> pd.DataFrame:
    """By date and kind of part: the largest steps of parts in the direction of the whole."""
    from scipy.stats import t as student  # type: ignore[import-untyped]

    n = len(found.weekly)
    jumps = (np.arange(n)[:, None] >= np.asarray(weeks, dtype=int)[None, :]).astype(float)
    columns, usual, spread = found.steps.columns, found.steps.usual, found.steps.noise_spread

    def white(some: Floats) -> Floats:
        usual_of_all = np.concatenate([usual, np.full(some.shape[1], np.inf)])
        return whitened(np.column_stack([columns, some]), usual_of_all, spread)

    all_white, free = white(jumps), max(n - columns.shape[1] - len(weeks), 1)
    tables = []
    for place, date in enumerate(dates):
        others = white(np.delete(jumps, place, axis=1))
        beyond = others @ jumps[:, place]
        own = float(beyond @ beyond)
        for by, wide in parts.items():
            values = _aligned(wide, n)
            if own <= 1e-9 or not values.shape[1]:
                continue
            size = beyond @ (others @ values) / own
            noise = all_white @ values
            rho = ar1(noise)
            error = np.sqrt((noise**2).sum(axis=0) / free / own * (1 + rho) / (1 - rho))
            reach = float(student.ppf(0.975, free))
            bound = float(student.ppf(1 - _CERTAIN / 2 / values.shape[1], free))
            whole = float(size.sum())
            table = pd.DataFrame(
                {
                    "date": date,
                    "by": by,
                    "part": [str(part) for part in wide.columns],
                    "kg_per_day": size,
                    "low": size - reach * error,
                    "high": size + reach * error,
                    "share_pct": size / whole * 100.0 if whole else np.nan,
                    "certain": np.abs(size) > bound * error,
                }
            )
            table["name"] = table["part"].map(
                lambda part, by=by: names.get(part, part) if by == "supplier" else part
            )
            tables.append(table.sort_values("share_pct", ascending=False, kind="stable").head(_TOP))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=[*CAUSES, "certain"])


def _aligned(wide: pd.DataFrame, weeks: int) -> Floats:
    """Weekly means of the last `weeks` weeks; a part that begins later was 0 before."""
    given = blocks(wide).to_numpy(dtype=float)[-weeks:]
    values = np.zeros((weeks, given.shape[1]))
    values[weeks - len(given) :] = given
    return values


def _chosen(moved: pd.DataFrame) -> dict[str, object]:
    """The part that carries most of the step: a supplier before a mode before a lane."""
    much = moved["share_pct"] >= _STANDS_OUT * 100.0
    carries = moved[much & moved["certain"].astype(bool) & (moved["part"] != "")]
    for by in _ORDER:
        of_kind = carries[carries["by"] == by]
        if len(of_kind):
            best = of_kind.iloc[0]
            return {
                "cause": words.carried_by(by, str(best["name"]), float(best["share_pct"])),
                "cause_by": by,
                "cause_part": best["part"],
                "cause_name": best["name"],
                "cause_share_pct": float(best["share_pct"]),
            }
    return {"cause": "No supplier, mode or lane carries much of it: it is spread over many."}
