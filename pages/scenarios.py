"""Scenarios: what if we shift, join loads or change fuel, and does it bring us onto our target path?"""

from __future__ import annotations

from access import Permission
from analytics import OverviewAnalytics
from ui import filters, shell, states


def main() -> None:
    visit = shell.guard("scenarios")
    shell.header(visit.entry)
    with states.boundary("The scenarios"):
        options = visit.ask(OverviewAnalytics(visit.store).options)
        if not options.legs:
            states.empty_warehouse(may_import=visit.may(Permission.IMPORT_DATA))
            return
        chosen = filters.bar(visit.sidebar, options)
        filters.chips(chosen, options)


main()
