"""One supplier's scorecard as PDF: what the page shows, on one or two sheets that can be sent.

Texts come as the page writes them; numbers stand beside them only where something is drawn to scale.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from reporting.typesetting import pdf

__all__ = [
    "AdviceLine",
    "Figure",
    "GapLine",
    "ModeLine",
    "PartLine",
    "Scorecard",
    "TrendPoint",
    "scorecard_pdf",
]

_TEMPLATE = "scorecard.typ"


@dataclass(frozen=True)
class Figure:
    """A headline figure: what it is, its value with unit, and its interval or what it is compared with."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class PartLine:
    """A part of the score; points, low, high 0..100, None where the part is not known."""

    label: str
    points: float | None
    low: float | None
    high: float | None
    points_text: str
    weight: str
    contribution: str
    evidence: str


@dataclass(frozen=True)
class ModeLine:
    """A mode of transport; `share` (0..1 of the kg) is drawn in `colour` (#rrggbb)."""

    label: str
    colour: str
    share: float
    emissions: str
    share_text: str
    intensity: str


@dataclass(frozen=True)
class TrendPoint:
    """A month's ratio to peers with its interval; None where nothing could be compared."""

    label: str
    ratio: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class AdviceLine:
    """A recommendation: what to do, what it saves a year with its range, time and money, the evidence."""

    title: str
    saving: str
    effect: str
    evidence: str


@dataclass(frozen=True)
class GapLine:
    label: str
    legs: str
    emissions: str
    share: str
    in_doubt: str


@dataclass(frozen=True)
class Scorecard:
    """All that the document says.

    Attributes
    ----------
    supplier, facts : str
        Its name; id, country, sector and tier in one line.
    period, filters : str
        What was selected, in words.
    finding : str
        The document in one sentence.
    ratio, ratio_low, ratio_high : float or None
        Observed ÷ expected with its 95 % interval, drawn against 1; None without peers.
    ratio_text : str
        The same in words; without peers the reason.
    trend_text, advice_text, gaps_text : str
        A sentence under the heading: what the chart or the table says, or why there is none.
    method : tuple of str
        Paragraphs.
    generated_at, data_version : str
        For the foot of each page.
    """

    supplier: str
    facts: str
    period: str
    filters: str
    finding: str
    figures: tuple[Figure, ...]
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    ratio_text: str
    parts: tuple[PartLine, ...]
    modes: tuple[ModeLine, ...]
    trend: tuple[TrendPoint, ...]
    trend_text: str
    advice: tuple[AdviceLine, ...]
    advice_text: str
    gaps: tuple[GapLine, ...]
    gaps_text: str
    method: tuple[str, ...]
    generated_at: str
    data_version: str


def scorecard_pdf(data: Scorecard) -> bytes:
    """The document as PDF/UA-1: tagged, with title, language and alternative texts.

    Characters that the fonts of the app lack are taken from the machine's own fonts; if those lack them too,
    the document still comes, but without that standard.
    """
    return pdf(_TEMPLATE, asdict(data))
