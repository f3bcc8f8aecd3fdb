"""`python -m access.reset_password EMAIL`: a new one-time password, for somebody who is locked out."""

from __future__ import annotations

import argparse
import sys

from access import audit, lockout, users
from access.console import credentials_frame
from access.errors import UnknownUser
from data_access.app_database import AppDatabase
from data_access.errors import StoreError


def main(arguments: list[str] | None = None) -> int:
    """Reset the password, unlock the account and print the new one-time password; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m access.reset_password", description=__doc__)
    parser.add_argument("email", help="whose password to reset")
    email = parser.parse_args(arguments).email
    try:
        with AppDatabase.open() as db:
            password = users.reset_password(db, email)
            lockout.release_account(db, email)
            audit.record(db, None, "reset_password", email, {"by": "console"})
    except (UnknownUser, StoreError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(credentials_frame("New one-time password", email, password))
    return 0


if __name__ == "__main__":
    sys.exit(main())
