"""The app's pages, declared once: the navigation, the guards and the links all read this list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from access import Permission

__all__ = ["PAGES", "PageEntry", "page_named", "sections_for"]


@dataclass(frozen=True)
class PageEntry:
    """One page: where it stands in the navigation, and what a user needs to open it.

    Parameters
    ----------
    section, title, icon : str
        As shown; the icon is a Material Symbol.
    file : str
        Below the folder of Home.py.
    url_path : str
        Also the page's name for `page_named`.
    permission : Permission
        Without it the page is neither listed nor opened.
    answers : str
        The question that the page answers, one sentence under its title.
    """

    section: str
    title: str
    icon: str
    file: str
    url_path: str
    permission: Permission
    answers: str
    default: bool = False


PAGES = (
    PageEntry(
        section="Monitor",
        title="Overview",
        icon=":material/monitoring:",
        file="pages/overview.py",
        url_path="overview",
        permission=Permission.VIEW,
        answers="What do our shipments emit, where, and how does it compare with the period before?",
        default=True,
    ),
    PageEntry(
        section="Monitor",
        title="Live",
        icon=":material/sensors:",
        file="pages/live.py",
        url_path="live",
        permission=Permission.VIEW,
        answers="What came in during the last hours, and is anything off?",
    ),
    PageEntry(
        section="Monitor",
        title="Anomalies",
        icon=":material/troubleshoot:",
        file="pages/anomalies.py",
        url_path="anomalies",
        permission=Permission.VIEW,
        answers="Which shipments are wrong or unusual, why, and what should be done with each?",
    ),
    PageEntry(
        section="Analyse",
        title="Suppliers",
        icon=":material/factory:",
        file="pages/suppliers.py",
        url_path="suppliers",
        permission=Permission.VIEW,
        answers="Who ships worse than the same job done by others, and what would help?",
    ),
    PageEntry(
        section="Analyse",
        title="Lanes",
        icon=":material/route:",
        file="pages/lanes.py",
        url_path="lanes",
        permission=Permission.VIEW,
        answers="Where on the map do we emit, and which lanes could move to a cleaner mode?",
    ),
    PageEntry(
        section="Analyse",
        title="Trends",
        icon=":material/trending_up:",
        file="pages/trends.py",
        url_path="trends",
        permission=Permission.VIEW,
        answers="Why did our emissions change, and what is season, trend or a real break?",
    ),
    PageEntry(
        section="Analyse",
        title="Drivers",
        icon=":material/account_tree:",
        file="pages/drivers.py",
        url_path="drivers",
        permission=Permission.VIEW,
        answers="What drives the intensity of our shipments overall, and of this one?",
    ),
    PageEntry(
        section="Plan",
        title="Forecast",
        icon=":material/insights:",
        file="pages/forecast.py",
        url_path="forecast",
        permission=Permission.VIEW,
        answers="Where are our emissions heading, how sure is that, and how good was the last forecast?",
    ),
    PageEntry(
        section="Plan",
        title="Scenarios",
        icon=":material/tune:",
        file="pages/scenarios.py",
        url_path="scenarios",
        permission=Permission.VIEW,
        answers="What if we shift, join loads or change fuel, and does it bring us onto our target path?",
    ),
    PageEntry(
        section="Data",
        title="Upload",
        icon=":material/upload_file:",
        file="pages/upload.py",
        url_path="upload",
        permission=Permission.IMPORT_DATA,
        answers="Bring shipments in from a CSV, Excel or Parquet file, safely: nothing is changed silently.",
    ),
)


def page_named(name: str) -> PageEntry:
    """Return the entry whose url_path is `name`.

    Raises
    ------
    LookupError
        For a page that is not registered.
    """
    for entry in PAGES:
        if entry.url_path == name:
            return entry
    raise LookupError(f"No page is registered as {name!r}; add it to ui/registry.py.")


def sections_for(may: Callable[[Permission], bool], make: Callable[[PageEntry], Any]) -> dict[str, list[Any]]:
    """Group the pages that a user may open by section, each made into what the navigation takes."""
    sections: dict[str, list[Any]] = {}
    for entry in PAGES:
        if may(entry.permission):
            sections.setdefault(entry.section, []).append(make(entry))
    return sections
