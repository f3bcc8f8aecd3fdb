"""Rows that the warehouse, or an earlier row of the file, has already: dropped when equal, else set aside."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
from sqlalchemy import Table, select

from data_access.schema import legs, original_legs
from data_access.store import Transaction
from ingestion.tally import Tally, problems_at

__all__ = ["drop_known"]

KEY = ["shipment_id", "leg_no"]
# What makes a second row with the same key the same leg.
COMPARED = ["departed_at", "supplier_id", "mode", "weight_kg"]
TAKEN = "This shipment leg is there already with other values: number the legs, or undo the earlier import."


def drop_known(good: pd.DataFrame, tx: Transaction, tally: Tally) -> pd.DataFrame:
    """The rows whose key is new; the others are counted as duplicates or rejected.

    Rows of earlier chunks are found in the warehouse too: they are in the same transaction.
    """
    if good.empty:
        return good
    first = good.drop_duplicates(KEY)
    if len(first) < len(good):
        again = good[~good.index.isin(first.index)]
        earlier = again[KEY].merge(first[[*KEY, *COMPARED]], on=KEY, how="left").set_axis(again.index)
        _count(again, earlier, tally)
    known = pd.concat([_standing(table, first, tx) for table in (legs, original_legs)])
    if known.empty:
        return first
    again = first.iloc[known.index]
    _count(again, known.set_axis(again.index), tally)
    return first.drop(again.index)


def _standing(table: Table, rows: pd.DataFrame, tx: Transaction) -> pd.DataFrame:
    """What stands in `table` under the keys of `rows`, indexed by position in `rows`.

    A corrected leg stands there as it is and as it came: the file that brought it brings nothing new.
    """
    keys = pa.table(
        {
            "position": pa.array(range(len(rows)), pa.int64()),
            "shipment_id": pa.array(rows["shipment_id"], pa.string()),
            "leg_no": pa.array(rows["leg_no"], pa.int16()),
        }
    )
    with tx.staged(keys) as staged:
        same_key = (staged.c.shipment_id == table.c.shipment_id) & (staged.c.leg_no == table.c.leg_no)
        columns = (staged.c.position, *(table.c[name] for name in COMPARED))
        return tx.frame(select(*columns).join_from(staged, table, same_key)).set_index("position")


def _count(again: pd.DataFrame, earlier: pd.DataFrame, tally: Tally) -> None:
    """A row that equals one of those under its key is a duplicate, any other one is rejected."""
    equal = pd.Series(True, index=again.index)
    for column in COMPARED:
        equal &= again[column].to_numpy() == earlier[column].to_numpy()
    same = equal.groupby(level=0).any()
    tally.duplicate += int(same.sum())
    if not same.all():
        different = again[~again.index.duplicated()].loc[same.index[~same]]
        tally.rejected.append(problems_at(different, "shipment_id", TAKEN))
