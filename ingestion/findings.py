"""Which findings stay open: the detector's and the rules', less what was decided, each leg explained once.

Pure: frames with the columns of `schema.anomalies` in, such frames out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from ingestion.flagging import KEY

__all__ = ["ABOUT", "CONTENT", "COVERS", "FINDING", "changed", "to_open"]

FINDING = [*KEY, "kind"]
# Kinds by what they are about: deciding on one settles the others of its group for that leg.
_GROUPS: Mapping[str, tuple[str, ...]] = {
    "weight": ("weight_in_lb", "tonnes_as_kg", "unusual_weight", "too_heavy"),
    "distance": (
        "distance_in_miles", "distance_typo", "unusual_distance",
        "far_too_short", "far_too_long", "road_too_far",
    ),
    "mode": ("impossible_mode", "unusual_mode", "road_over_ocean", "no_port_nearby", "road_too_far"),
}  # fmt: skip
ABOUT: Mapping[str, frozenset[str]] = {
    kind: frozenset(group for group, kinds in _GROUPS.items() if kind in kinds)
    for kinds in _GROUPS.values()
    for kind in kinds
}
# Rules of the import that a kind of the detector explains better, with an expected range and perhaps a fix.
_DISTANCE_RULES = frozenset({"far_too_short", "far_too_long", "road_too_far"})
COVERS: Mapping[str, frozenset[str]] = {
    "impossible_mode": frozenset({"road_over_ocean", "road_too_far", "no_port_nearby"}),
    **dict.fromkeys(("weight_in_lb", "tonnes_as_kg", "unusual_weight"), frozenset({"too_heavy"})),
    **dict.fromkeys(("distance_in_miles", "distance_typo", "unusual_distance"), _DISTANCE_RULES),
}
CONTENT = [
    "found_by", "score", "reason", "column_name", "value", "expected", "expected_low", "expected_high",
    "at_stake_kg", "second_opinion", "fix_column", "fix_value", "batch_id",
]  # fmt: skip
_SETTLED = frozenset({"confirmed", "dismissed"})


def to_open(found: pd.DataFrame, rules: pd.DataFrame, decided: pd.DataFrame) -> pd.DataFrame:
    """The findings that should be open.

    Parameters
    ----------
    found, rules : DataFrame
        shipment_id, leg_no, kind and `CONTENT`, from the detector and from the rules of the import.
    decided : DataFrame
        shipment_id, leg_no, kind, status of what is confirmed, fixed or dismissed.

    Returns
    -------
    DataFrame
        Rows of both. A rule is left out where the detector covers it. A kind that was decided does not
        come back; where it was confirmed or dismissed, others about the same column do not either. After a
        fix they may: the new value can be wrong in another way.
    """
    kept = found[~_in(found, _blocked(decided))]
    wanted = rules[~_in(rules, _blocked(decided))]
    wanted = wanted[~_in(wanted, _covered(kept))]
    parts = [part for part in (kept, wanted) if len(part)]
    columns = [*FINDING, *CONTENT]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def changed(standing: pd.DataFrame, wanted: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What has to go and what has to be written so that `standing` (open rows) becomes `wanted`.

    Returns
    -------
    (DataFrame, DataFrame)
        Rows of `standing` without a like in `wanted`; rows of `wanted` without a like in `standing`, with
        the `found_at` of the row that they replace, null for new ones. Equal rows are in neither.
    """
    old = standing.set_index(FINDING)
    new = wanted.set_index(FINDING)
    both = old.index.intersection(new.index)
    a, b = old.loc[both, CONTENT], new.loc[both, CONTENT]
    equal = pd.Series(True, index=both)
    for column in CONTENT:
        one, other = a[column], b[column]
        equal &= ((one == other) | (one.isna() & other.isna())).fillna(False).astype(bool).to_numpy()
    same = both[equal.to_numpy()]
    gone = old[~old.index.isin(same)].reset_index()
    fresh = new[~new.index.isin(same)]
    return gone, fresh.assign(found_at=old["found_at"].reindex(fresh.index)).reset_index()


def _blocked(decided: pd.DataFrame) -> set[tuple[str, int, str]]:
    return {
        (shipment, leg, kind)
        for shipment, leg, decided_kind, status in _rows(decided, "status")
        for kind in _settled_by(decided_kind, status)
    }


def _settled_by(kind: str, status: str) -> set[str]:
    if status not in _SETTLED:
        return {kind}
    return {kind} | {other for group in ABOUT.get(kind, ()) for other in _GROUPS[group]}


def _covered(found: pd.DataFrame) -> set[tuple[str, int, str]]:
    explained = found[found["kind"].isin(list(COVERS))]
    return {(shipment, leg, rule) for shipment, leg, kind in _rows(explained) for rule in COVERS[kind]}


def _rows(frame: pd.DataFrame, *more: str) -> Iterator[tuple]:
    return zip(*(frame[name].tolist() for name in (*FINDING, *more)), strict=True)


def _in(frame: pd.DataFrame, keys: set[tuple[str, int, str]]) -> pd.Series:
    if not keys:
        return pd.Series(False, index=frame.index)
    return pd.Series([key in keys for key in _rows(frame)], index=frame.index, dtype=bool)
