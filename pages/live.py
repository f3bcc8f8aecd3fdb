"""Live: what came in during the last hours, and is anything off?"""

from __future__ import annotations

from analytics import OverviewAnalytics
from data_access import Filters
from ui import alert_rules, filters, live_board, live_controls, live_feed, shell, states
from ui.live_data import EVERYTHING
from ui.shell import Visit


def main() -> None:
    visit = shell.guard("live")
    shell.header(visit.entry)
    chosen = EVERYTHING
    with states.boundary("The filters"):
        chosen = _filtered(visit)
    live_board.show(visit, live_controls.bar(), chosen)
    live_feed.switch(visit)
    alert_rules.show(visit)


def _filtered(visit: Visit) -> Filters:
    """What the sidebar says but for the period: the page has a window of its own."""
    options = visit.ask(OverviewAnalytics(visit.store).options)
    if not options.legs:
        return EVERYTHING
    chosen = filters.bar(visit.sidebar, options, with_period=False)
    filters.chips(chosen, options, with_period=False)
    return chosen


main()
