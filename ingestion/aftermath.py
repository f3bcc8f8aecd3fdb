"""After a fix: the rules judge the legs anew, and the findings that it answers are settled."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from analytics import plausibility
from analytics.distances import estimate
from analytics.repair_plans import Plan
from ingestion.findings import FINDING, to_open
from ingestion.flagging import RULE_COLUMN, rule_anomalies

__all__ = ["rejudged", "settled"]

_WAITING = ("open", "confirmed")


def rejudged(after: pd.DataFrame, flags: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """The flags of legs as they are after a fix (columns of `leg_flags`).

    Flags about dates stay as the import found them: no fix touches a date, and the clock has gone on.
    """
    if after.empty:
        return flags.iloc[:0]
    found = plausibility.flags(after.assign(**_snaps(after)), now=now)
    found = found[found["kind"].isin(list(RULE_COLUMN))]
    found = found.merge(after[["shipment_id", "leg_no", "batch_id"]], on=["shipment_id", "leg_no"])
    dates = flags[~flags["kind"].isin(list(RULE_COLUMN))]
    parts = [part for part in (dates, found) if len(part)]
    return pd.concat(parts, ignore_index=True)[flags.columns] if parts else flags.iloc[:0]


def settled(
    found: pd.DataFrame,
    plan: Plan,
    flags: pd.DataFrame,
    flags_now: pd.DataFrame,
    *,
    by: str,
    moment: datetime,
) -> pd.DataFrame:
    """The findings on the legs of a fix after it (columns of `anomalies`).

    What was open or confirmed and is of the fixed kind, about the fixed column, or a rule that is not broken
    any more, is fixed; for a removal all of it. A rule that is still broken stays, with the new emission at
    stake; one that is broken now opens.
    """
    broken = set(_keys(flags_now))
    no_longer = set(_keys(flags)) - broken
    waiting = found["status"].isin(_WAITING)
    by_rule = found["found_by"] == "rule"
    answered = (
        (found["kind"] == plan.key[2])
        | (found["column_name"] == plan.column)
        | pd.Series([key in no_longer for key in _keys(found)], index=found.index, dtype=bool)
        | (plan.column == "remove")
    )
    still = by_rule & pd.Series([key in broken for key in _keys(found)], index=found.index, dtype=bool)
    done = waiting & answered & ~still
    result = found.copy()
    result.loc[done, "status"] = "fixed"
    result.loc[done, "decided_by"] = by
    result.loc[done, "decided_at"] = moment
    if flags_now.empty:
        return result
    rules = rule_anomalies(flags_now, plan.after)
    anew = rules.set_index(FINDING)
    for row in result.index[still & waiting]:
        key = tuple(result.loc[row, FINDING])
        result.loc[row, ["reason", "at_stake_kg"]] = anew.loc[key, ["reason", "at_stake_kg"]].to_numpy()
    return _with_new(result, rules, moment)


def _with_new(result: pd.DataFrame, rules: pd.DataFrame, moment: datetime) -> pd.DataFrame:
    known = set(_keys(result))
    new = rules[[key not in known for key in _keys(rules)]]
    for column in result.columns.difference(new.columns):
        new = new.assign(**{column: None})
    opened = to_open(
        result[(result["status"] == "open") & (result["found_by"] == "score")],
        new,
        result[result["status"] != "open"],
    )
    opened = opened[opened["found_by"] == "rule"]
    if opened.empty:
        return result
    rows = opened.assign(status="open", found_at=moment)
    return pd.concat([result, rows], ignore_index=True)


def _snaps(after: pd.DataFrame) -> dict[str, pd.Series]:
    """How far the ports are, for legs whose distance was estimated: as at import."""
    guess = estimate(after)
    estimated = after["distance_source"] != "reported"
    return {name: guess[name].where(estimated) for name in ("origin_snap_km", "destination_snap_km")}


def _keys(rows: pd.DataFrame) -> list[tuple[str, int, str]]:
    return list(zip(*(rows[name].tolist() for name in FINDING), strict=True))
