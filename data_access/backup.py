"""Both databases in one zip of Parquet files, readable by either engine: save here, restore there."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Table, delete, insert, select

from data_access import schema
from data_access.app_database import AppDatabase
from data_access.app_schema import metadata as app_metadata
from data_access.errors import StoreError
from data_access.expressions import period
from data_access.statements import arrow_schema
from data_access.store import Store, Transaction

__all__ = ["Backup", "UnusableBackup", "restore", "save"]

_FORMAT = 1


class UnusableBackup(StoreError):
    """The file is no backup of this app, is damaged, or was made by another release."""


@dataclass(frozen=True)
class Backup:
    """What a backup holds: rows per table, and when it was made (UTC)."""

    path: Path
    made_at: str
    rows: dict[str, int]


def save(store: Store, app: AppDatabase, folder: Path) -> Backup:
    """Write both databases to `folder`/carbon-DATE-TIME.zip, a name it gets when it is whole.

    The warehouse is read in one snapshot, month by month, so memory stays bounded.
    """
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    made_at = f"{now:%Y-%m-%d %H:%M:%S}"
    path = folder / f"carbon-{now:%Y%m%d-%H%M%S}.zip"
    partial = path.with_suffix(".partial")
    rows: dict[str, int] = {}
    with zipfile.ZipFile(partial, "w") as archive, tempfile.TemporaryDirectory(dir=folder) as scratch:
        with store.snapshot() as snapshot:
            for table in schema.metadata.sorted_tables:
                rows[table.name] = _write(archive, Path(scratch), table, _parts(snapshot, table))
        with app.read() as connection:
            for table in app_metadata.sorted_tables:
                found = [dict(row) for row in connection.execute(select(table)).mappings()]
                archive.writestr(f"app/{table.name}.json", json.dumps(found, default=_plain))
                rows[table.name] = len(found)
        manifest = {
            "format": _FORMAT,
            "made_at": made_at,
            "schema_version": schema.SCHEMA_VERSION,
            "app_revision": app.revision,
            "rows": rows,
        }
        archive.writestr("manifest.json", json.dumps(manifest, indent=1))
    partial.rename(path)
    return Backup(path, made_at, rows)


def restore(store: Store, app: AppDatabase, path: Path) -> Backup:
    """Replace what both databases hold by a backup; each in one transaction.

    Raises
    ------
    UnusableBackup
        Before anything is changed.
    """
    if not path.is_file():
        raise UnusableBackup(
            f"There is no file {path}. Say which backup to load: make restore FILE=var/backups/NAME.zip."
        )
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read("manifest.json"))
            damaged = archive.testzip()
            _check(path, manifest, app.revision, damaged)
            store.transact(lambda tx: _load_warehouse(archive, tx))
            _load_app(archive, app)
    except (zipfile.BadZipFile, KeyError, json.JSONDecodeError) as error:
        raise UnusableBackup(f"{path} is not a whole backup of this app: {error}.") from error
    return Backup(path, manifest["made_at"], manifest["rows"])


def _check(path: Path, manifest: dict[str, Any], revision: str | None, damaged: str | None) -> None:
    if damaged:
        raise UnusableBackup(f"{path} is damaged at {damaged}: take another backup. Nothing was changed.")
    made_for = (manifest["format"], manifest["schema_version"], manifest["app_revision"])
    here = (_FORMAT, schema.SCHEMA_VERSION, revision)
    if made_for != here:
        raise UnusableBackup(
            f"{path} was made by another release (format, schema, revision {made_for}; here {here}). "
            "Restore it with that release and update afterwards. Nothing was changed."
        )


def _parts(snapshot: Transaction, table: Table) -> Iterator[pa.Table]:
    if table is not schema.legs:
        yield snapshot.arrow(select(table))
        return
    month = period("month", schema.legs.c.departed_at)
    for first_day in snapshot.frame(select(month.label("month")).distinct().order_by("month"))["month"]:
        yield snapshot.arrow(select(table).where(month == first_day))


def _write(archive: zipfile.ZipFile, scratch: Path, table: Table, parts: Iterator[pa.Table]) -> int:
    wanted, count = arrow_schema(table), 0
    file = scratch / f"{table.name}.parquet"
    with pq.ParquetWriter(file, wanted, compression="zstd") as writer:
        for part in parts:
            writer.write_table(part.cast(wanted))
            count += part.num_rows
    archive.write(file, f"warehouse/{file.name}")
    file.unlink()
    return count


def _load_warehouse(archive: zipfile.ZipFile, tx: Transaction) -> None:
    meta = schema.store_meta
    version = tx.frame(select(meta.c.value).where(meta.c.key == "data_version"))["value"].iloc[0]
    for table in reversed(schema.metadata.sorted_tables):
        tx.execute(delete(table))
    for table in schema.metadata.sorted_tables:
        with archive.open(f"warehouse/{table.name}.parquet") as stream:
            file = pq.ParquetFile(stream)
            for group in range(file.num_row_groups):
                tx.append(table, file.read_row_group(group))
    # Caches know the version: it must be one that this warehouse never had.
    tx.execute(delete(meta).where(meta.c.key == "data_version"))
    tx.append(meta, pa.table({"key": ["data_version"], "value": [str(int(version) + 1_000)]}))


def _load_app(archive: zipfile.ZipFile, app: AppDatabase) -> None:
    with app.write() as connection:
        for table in reversed(app_metadata.sorted_tables):
            connection.execute(delete(table))
        for table in app_metadata.sorted_tables:
            rows = [_typed(table, row) for row in json.loads(archive.read(f"app/{table.name}.json"))]
            if rows:
                connection.execute(insert(table), rows)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"A backup cannot hold {type(value).__name__}; extend data_access.backup.")


def _typed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value)
        if value is not None and table.c[name].type.python_type is datetime
        else value
        for name, value in row.items()
    }
