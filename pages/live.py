"""Live: what came in during the last hours, and is anything off?"""

from __future__ import annotations

from ui import alert_rules, live_board, live_controls, live_feed, shell


def main() -> None:
    visit = shell.guard("live")
    shell.header(visit.entry)
    live_board.show(visit, live_controls.bar())
    live_feed.switch(visit)
    alert_rules.show(visit)


main()
