"""One supplier's scorecard as a document: the figures of its page, written by the same functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from analytics import OverviewAnalytics, RecommendationAnalytics, SupplierAnalytics
from analytics.gaps import GapAnalytics
from ingestion.supplier_data import stored
from reporting.suppliers import (
    AdviceLine,
    Figure,
    GapLine,
    ModeLine,
    PartLine,
    Scorecard,
    TrendPoint,
    scorecard_pdf,
)
from ui import formats, supplier_recommendations, supplier_words
from ui import supplier_profile_head as head
from ui import supplier_profile_words as words
from ui.countries import country_label
from ui.derivation import credits_of
from ui.theme import mode_colour, mode_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from analytics.gaps import Gaps
    from analytics.overview import Derivation, Totals
    from analytics.recommendations import Recommendation
    from analytics.suppliers import Part, SupplierScore
    from data_access import Filters
    from ui.supplier_subject import Standing, Subject

__all__ = ["Material", "document", "gather", "scorecard", "selection"]

_MOST_MONTHS = 36
_MOST_ADVICE = 8
_NAMED = 5  # values of one filter
_ALIGNED = (
    "Emissions are kg CO2e, well-to-wheel, aligned with ISO 14083 and the GLEC Framework; not certified. "
    "Ranges and intervals are 95 %."
)
_GAPS = (
    "In doubt is by how much the 95 % range of the emissions would narrow, were this one known; ranges "
    "combine, so the rows do not add up. An open finding counts with the kg at stake."
)


@dataclass(frozen=True)
class Material:
    """What the document is written from; without a score, `reason` says why."""

    supplier_id: str
    name: str
    facts: str
    own: Filters
    score: SupplierScore | None
    reason: str
    totals: Totals
    by_mode: pd.DataFrame
    trend: pd.DataFrame | None
    advice: Sequence[Recommendation]
    gaps: Gaps
    derivation: Derivation
    generated_at: datetime
    version: int


def document(subject: Subject, totals: Totals, standing: Standing) -> bytes:
    """The scorecard as PDF; asks the questions that the page asked, so most answers are there already."""
    return scorecard_pdf(scorecard(gather(subject, totals, standing)))


def gather(subject: Subject, totals: Totals, standing: Standing) -> Material:
    """Everything that the document says, asked within the user's scope."""
    store = subject.visit.store
    row = stored(store, {subject.supplier_id}).get(subject.supplier_id, {})
    target = words.target(row.get("target_pct"), row.get("target_base_year"), row.get("target_year"))
    who = (row.get("country"), row.get("sector"), row.get("tier"))
    return Material(
        supplier_id=subject.supplier_id,
        name=subject.name,
        facts=words.facts(subject.supplier_id, *who, target),
        own=subject.own,
        score=standing.score,
        reason=standing.reason,
        totals=totals,
        by_mode=subject.alone(OverviewAnalytics(store).by_mode),
        trend=subject.among_all(SupplierAnalytics(store).over_time) if standing.score else None,
        advice=subject.among_all(RecommendationAnalytics(store).for_supplier),
        gaps=subject.among_all(GapAnalytics(store).gaps),
        derivation=subject.alone(OverviewAnalytics(store).derivation),
        generated_at=datetime.now(UTC),
        version=subject.visit.version,
    )


def scorecard(given: Material) -> Scorecard:
    """The document's content: every text as the page writes it."""
    score = given.score
    trend = _trend(given.trend) if given.trend is not None else ()
    return Scorecard(
        supplier=given.name,
        facts=given.facts,
        period=formats.period(given.own.start, given.own.end),
        filters=selection(given.own),
        finding=words.against_peers(score) if score else given.reason,
        figures=tuple(
            Figure(label, value, note) for _, label, value, note in head.cards(score, given.totals)
        ),
        ratio=score.ratio if score else None,
        ratio_low=score.ratio_low if score else None,
        ratio_high=score.ratio_high if score else None,
        ratio_text=_ratio_text(score) if score else given.reason,
        parts=tuple(_part(part) for part in score.parts) if score else (),
        modes=_modes(given.by_mode),
        trend=trend,
        trend_text=words.trend_finding(given.trend)
        if given.trend is not None
        else "There are no peers to compare with.",
        advice=tuple(_advice(one) for one in given.advice[:_MOST_ADVICE]),
        advice_text=_advice_text(given.advice),
        gaps=tuple(
            GapLine(
                gap.label,
                formats.count(gap.legs),
                formats.mass(gap.wtw_kg),
                formats.share(gap.share),
                formats.mass(gap.in_doubt_kg),
            )
            for gap in given.gaps.found
        ),
        gaps_text=_GAPS if given.gaps.found else "No data gap in this selection.",
        method=_method(given),
        generated_at=f"{formats.day(given.generated_at)}, {given.generated_at:%H:%M} UTC",
        data_version=str(given.version),
    )


def selection(filters: Filters) -> str:
    """What narrows the selection beside period and supplier, in words."""
    said = [
        _named("modes", (mode_label(one) for one in filters.modes)),
        _named("from", (country_label(one) for one in filters.origin_countries)),
        _named("to", (country_label(one) for one in filters.destination_countries)),
        _named("products", filters.product_groups),
        _named("lanes", filters.lanes),
        "flagged legs only" if filters.anomalies_only else "",
    ]
    return " · ".join(filter(None, said)) or "all modes, countries and products"


def _named(what: str, values: Iterable[str]) -> str:
    listed = list(values)
    if not listed:
        return ""
    more = f" and {len(listed) - _NAMED} more" if len(listed) > _NAMED else ""
    return f"{what}: {', '.join(listed[:_NAMED])}{more}"


def _ratio_text(score: SupplierScore) -> str:
    observed, expected = formats.emissions(score.observed_kg), formats.emissions(score.expected_kg)
    ends = supplier_words.interval(score.ratio_low, score.ratio_high, 2)
    return (
        f"{observed} observed, {expected} expected had peers run the same jobs: {words.times(score.ratio)} "
        f"after shrinking towards 1 (95 % interval {ends}), from {formats.counted(score.n, 'leg')} with "
        f"{formats.share(score.compared_share)} of its emissions."
    )


def _part(part: Part) -> PartLine:
    name = supplier_words.PART_LABELS[part.name]
    if not part.known:
        weight, missing = formats.share(part.weight), formats.MISSING
        return PartLine(name, None, None, None, "not known", weight, missing, part.evidence)
    points = (part.points, part.points_low, part.points_high)
    return PartLine(
        name,
        *points,
        supplier_words.with_interval(*points),
        formats.share(part.weight),
        words.points(part.contribution),
        part.evidence,
    )


def _modes(frame: pd.DataFrame) -> tuple[ModeLine, ...]:
    return tuple(
        ModeLine(
            mode_label(row["mode"]),
            mode_colour(row["mode"]),
            float(row["wtw_share"]),
            formats.emissions(row["wtw_kg"]),
            formats.share(row["wtw_share"]),
            formats.intensity(row["intensity_g_per_tkm"]),
        )
        for row in frame.to_dict("records")
    )


def _trend(frame: pd.DataFrame) -> tuple[TrendPoint, ...]:
    columns = ("ratio", "ratio_low", "ratio_high")
    return tuple(
        TrendPoint(f"{row['period']:%b %Y}", *(_known(row[name]) for name in columns))
        for row in frame.tail(_MOST_MONTHS).to_dict("records")
    )


def _known(value: float) -> float | None:
    return None if value is None or value != value else float(value)  # noqa: PLR0124  (NaN is not itself)


def _advice(one: Recommendation) -> AdviceLine:
    saving, *effect = supplier_recommendations.line(one).split(" · ")
    return AdviceLine(one.title, saving, "; ".join(effect) or formats.MISSING, one.evidence)


def _advice_text(found: Sequence[Recommendation]) -> str:
    text = f"{supplier_recommendations.finding(found)}."
    if not found:
        return text
    days = formats.counted(round(found[0].days), "day")
    more = f" The first {_MOST_ADVICE} of {len(found)} are listed." if len(found) > _MOST_ADVICE else ""
    return f"{text} Per year, from the {days} of this selection; no shipment counts twice.{more}"


def _method(given: Material) -> tuple[str, ...]:
    peers = tuple(supplier_words.METHOD.replace("**", "").split("\n\n")) if given.score else ()
    return (_ALIGNED, *peers, credits_of(given.derivation.by_factor))
