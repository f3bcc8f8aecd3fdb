"""Forecast: where are our emissions heading, how sure is that, and how good was the last one?"""

from __future__ import annotations

from access import Permission
from analytics import OverviewAnalytics
from ui import filters, shell, states


def main() -> None:
    visit = shell.guard("forecast")
    shell.header(visit.entry)
    with states.boundary("The forecast"):
        options = visit.ask(OverviewAnalytics(visit.store).options)
        if not options.legs:
            states.empty_warehouse(may_import=visit.may(Permission.IMPORT_DATA))
            return
        chosen = filters.bar(visit.sidebar, options)
        filters.chips(chosen, options)


main()
