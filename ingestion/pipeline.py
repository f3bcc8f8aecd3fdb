"""The import: read → map → parse → drop known rows → locate → calculate → write, in one transaction."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from sqlalchemy import delete, select

from analytics import plausibility
from analytics.emissions import calculate
from data_access import Store
from data_access.schema import (
    emission_factors,
    import_batches,
    legs,
    place_aliases,
    rejected_rows,
    store_meta,
    suppliers,
)
from data_access.store import Transaction
from ingestion.batches import ImportResult
from ingestion.columns import check_mapping, constants_of, mapping_hints, suggest_mapping
from ingestion.errors import UnknownPlace, UnusableMapping
from ingestion.flagging import write_flags
from ingestion.known_rows import drop_known
from ingestion.locate import locate
from ingestion.parsing import ColumnFormats, decide_formats, parse
from ingestion.places import Places, fold
from ingestion.reading import RawChunk, Source, open_source
from ingestion.rules import violations
from ingestion.tally import Tally, problems_at

__all__ = ["import_file"]

log = logging.getLogger(__name__)

Progress = Callable[[float, str], object]
HUB_WITHOUT_INTENSITY = "A hub leg needs hub_kg_per_t (kg CO2e per tonne) or the reported wtw_kg."


def import_file(
    store: Store,
    source: Any,
    *,
    mapping: Mapping[str, str] | None = None,
    aliases: Mapping[str, str] | None = None,
    user: str = "system",
    progress: Progress | None = None,
    decimal: str = ".",
    date_order: str | None = None,
    sheet: str | None = None,
    kind: str = "upload",
) -> ImportResult:
    """Bring a CSV, Excel or Parquet file in: good rows go in, bad ones come back with reasons.

    Everything is written in one transaction, so a crash or a cancel leaves nothing behind. The same file
    twice adds nothing. Places named in `aliases` are remembered for later imports.

    Parameters
    ----------
    source : path, bytes or binary file
    mapping : dict of canonical column to file column, optional
        As `suggest_mapping` proposes it, which is also the default.
    aliases : dict of name to place, optional
        What a name in the file stands for, e.g. {"Alere Medical Co., Ltd.": "Waltham, US"}.
    progress : callable(fraction, text), optional
        Called after each chunk; when it raises `ImportCancelled` nothing is imported.
    decimal : "." or ","
    date_order : "dmy", "mdy" or None
        Only needed where a column's own values do not show it.
    kind : "upload", "inbox" or "feed"
        The way that it came.

    Raises
    ------
    UnreadableFile, UnusableMapping, UnknownPlace
        The file, mapping or alias cannot be used; one sentence says why and what to do.
    ImportCancelled
        As raised by `progress`.
    """
    file = open_source(source, sheet=sheet)
    chosen, hints = _mapping(mapping, file.columns)
    constants = constants_of(chosen)
    try:
        check_mapping(chosen, file.columns, constants=constants)
    except UnusableMapping as error:
        raise UnusableMapping("\n".join([str(error), *hints])) from error
    plan = _Plan(
        file=file,
        mapping=chosen,
        notes=(*file.notes, *hints),
        constants=constants,
        formats=decide_formats(file, chosen, decimal=decimal, date_order=date_order),
        new_aliases=_checked(aliases or {}),
        user=user,
        kind=kind,
        progress=progress or (lambda _fraction, _text: None),
    )
    try:
        return store.transact(lambda tx: _run(plan, tx))
    except _NothingNew as nothing:
        return nothing.result


def _mapping(given: Mapping[str, str] | None, columns: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """The mapping to use, and what to tell the user about columns that were left alone."""
    if given is not None:
        return dict(given), []
    return suggest_mapping(columns), mapping_hints(columns)


@dataclass(frozen=True)
class _Plan:
    file: Source
    mapping: dict[str, str]
    notes: tuple[str, ...]
    constants: dict[str, str]
    formats: ColumnFormats
    new_aliases: dict[str, str]
    user: str
    kind: str
    progress: Progress


class _NothingNew(Exception):
    """Rolls the transaction back: the file brought nothing, so the store's version stays as it was."""

    def __init__(self, result: ImportResult) -> None:
        super().__init__("nothing new")
        self.result = result


@dataclass(frozen=True)
class _Attempt:
    """One try at the import: a conflict with another writer starts a new one."""

    plan: _Plan
    tx: Transaction
    batch_id: str
    places: Places
    factors: pd.DataFrame
    factor_set: str
    tally: Tally = field(default_factory=Tally)


def _run(plan: _Plan, tx: Transaction) -> ImportResult:
    attempt = _Attempt(
        plan,
        tx,
        batch_id=uuid.uuid4().hex,
        places=Places(_remember(tx, plan)),
        factors=tx.frame(select(emission_factors)),
        factor_set=_meta(tx, "active_factor_set"),
    )
    tally = attempt.tally
    for chunk in plan.file.chunks(columns=list(plan.mapping.values())):
        _take(chunk, attempt)
        plan.progress(min(chunk.fraction, 0.99), f"{tally.read:,} rows read, {tally.accepted:,} accepted")
    result = tally.result(attempt.batch_id, plan.notes)
    if not result.rows_accepted and not plan.new_aliases:
        raise _NothingNew(result)
    if result.rows_accepted:
        _write_batch(attempt, result)
    plan.progress(1.0, f"{tally.accepted:,} rows imported")
    return result


def _take(chunk: RawChunk, attempt: _Attempt) -> None:
    """One chunk all the way into the warehouse."""
    plan, tx, tally = attempt.plan, attempt.tx, attempt.tally
    parsed = parse(chunk.frame, plan.mapping, plan.formats, plan.constants)
    tally.read += chunk.rows_read
    tally.rejected += [chunk.problems, parsed.problems]
    tally.notices.append(parsed.notices)
    good = _without(parsed.legs, violations(parsed.legs), tally)
    good = _without(good, _bare_hubs(good), tally)
    good = drop_known(good, tx, tally)
    located = locate(good, attempt.places)
    tally.rejected.append(located.problems)
    tally.unresolved.append(located.unresolved)
    if located.legs.empty:
        return
    done = calculate(located.legs, attempt.factors, factor_set=attempt.factor_set)
    done = done.assign(batch_id=attempt.batch_id)
    tx.append(legs, done)
    flags = plausibility.flags(done)
    write_flags(tx, done, flags, attempt.batch_id)
    tally.accept(done, flags)


def _without(good: pd.DataFrame, problems: pd.DataFrame, tally: Tally) -> pd.DataFrame:
    if problems.empty:
        return good
    tally.rejected.append(problems)
    return good[~good.index.isin(problems["row_number"])]


def _bare_hubs(good: pd.DataFrame) -> pd.DataFrame:
    bare = (good["mode"] == "hub") & good["hub_kg_per_t"].isna() & good["wtw_kg"].isna()
    return problems_at(good[bare.to_numpy()], "hub_kg_per_t", HUB_WITHOUT_INTENSITY)


def _remember(tx: Transaction, plan: _Plan) -> dict[str, str]:
    """The aliases known so far and those that came with this import, which are written down."""
    known = tx.frame(select(place_aliases.c.name, place_aliases.c.place))
    if plan.new_aliases:
        tx.execute(delete(place_aliases).where(place_aliases.c.name.in_(sorted(plan.new_aliases))))
        rows = pd.DataFrame({"name": list(plan.new_aliases), "place": list(plan.new_aliases.values())})
        tx.append(place_aliases, rows.assign(added_by=plan.user, added_at=_now()))
    return dict(zip(known["name"], known["place"], strict=True)) | plan.new_aliases


def _checked(aliases: Mapping[str, str]) -> dict[str, str]:
    """Aliases by folded name; each must lead to a place."""
    found = Places().resolve(pd.Series(list(aliases.values()), dtype="object"))
    for (name, place), precision in zip(aliases.items(), found["precision"], strict=True):
        if pd.isna(precision):
            raise UnknownPlace(
                f"{place!r}, given for {name!r}, is not known as a place: write 'city, country', "
                "a UN/LOCODE, an IATA code or 'latitude, longitude'."
            )
    return {fold(name): place for name, place in aliases.items()}


def _meta(tx: Transaction, key: str) -> str:
    return str(tx.frame(select(store_meta.c.value).where(store_meta.c.key == key))["value"].iloc[0])


def _write_batch(attempt: _Attempt, result: ImportResult) -> None:
    plan, tx = attempt.plan, attempt.tx
    known = set(tx.frame(select(suppliers.c.supplier_id))["supplier_id"])
    new = sorted(attempt.tally.supplier_ids - known)
    tx.append(suppliers, pd.DataFrame({"supplier_id": new, "name": new}))
    aside = result.rejected.rename(columns={"column": "column_name"}).assign(batch_id=result.batch_id)
    tx.append(rejected_rows, aside)
    row = {
        "batch_id": result.batch_id,
        "file_name": plan.file.name,
        "file_sha256": plan.file.sha256,
        "kind": plan.kind,
        "imported_at": _now(),
        "imported_by": plan.user,
        "factor_set": attempt.factor_set,
        "rows_read": result.rows_read,
        "rows_accepted": result.rows_accepted,
        "rows_rejected": result.rows_rejected,
        "rows_duplicate": result.rows_duplicate,
        "rows_flagged": result.rows_flagged,
        "mapping_json": json.dumps(plan.mapping, ensure_ascii=False, sort_keys=True),
    }
    tx.append(import_batches, pd.DataFrame([row]))
    log.info("Imported %s: %d rows accepted of %d.", plan.file.name, result.rows_accepted, result.rows_read)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
