"""Suppliers: who ships worse than the same job done by others, and what would help?"""

from __future__ import annotations

from ui import shell


def main() -> None:
    visit = shell.guard("suppliers")
    shell.header(visit.entry)


main()
