"""`make backup` and `make restore FILE=…`: both databases to and from one file."""

from __future__ import annotations

import sys
from pathlib import Path

from data_access import Store
from data_access.app_database import AppDatabase
from data_access.backup import restore, save
from data_access.errors import StoreError

FOLDER = Path("var/backups")


def main(action: str, file: str = "") -> int:
    if action == "restore" and not file:
        print("Say which backup to load: make restore FILE=var/backups/NAME.zip.", file=sys.stderr)
        return 1
    try:
        with Store.open() as store, AppDatabase.open() as app:
            if action == "save":
                done, verb = save(store, app, FOLDER), "Saved"
            else:
                done, verb = restore(store, app, Path(file)), "Restored"
    except StoreError as error:
        print(error, file=sys.stderr)
        return 1
    rows = f"{done.rows['legs']:,} legs, {done.rows['app_users']:,} users"
    print(f"{verb} {done.path} ({done.made_at} UTC): {rows}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
