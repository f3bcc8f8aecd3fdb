"""Lanes: where on the map do we emit, and which lanes could move to a cleaner mode?"""

from __future__ import annotations

from ui import shell


def main() -> None:
    visit = shell.guard("lanes")
    shell.header(visit.entry)


main()
