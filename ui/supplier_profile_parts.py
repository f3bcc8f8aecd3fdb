"""The charts and the table of one supplier's profile that compare it with its peers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analytics import OverviewAnalytics, SupplierAnalytics, findings
from ui import charts, formats, periods, states, tables
from ui import supplier_profile_charts as drawn
from ui import supplier_profile_words as words
from ui.chart_card import show, titled
from ui.supplier_words import PART_LABELS

if TYPE_CHECKING:
    from analytics.overview import FilterOptions
    from analytics.suppliers import Part, SupplierScore
    from ui.supplier_subject import Subject

__all__ = ["JOB_COLUMNS", "jobs", "modes", "modes_alone", "months", "months_alone", "score", "trend"]

JOB_COLUMNS = [
    "mode", "distance_band", "weight_band", "regions", "extra_kg", "ratio", "observed_kg", "expected_kg",
    "legs", "peers", "compared_with", "temperature_controlled",
]  # fmt: skip


def score(found: SupplierScore) -> None:
    """The waterfall from 50 to the score, and what each part rests on."""
    titled(words.score_finding(found), "Each part's points, from 50 (as peers do) to the score.")
    show(
        drawn.waterfall(found),
        key="profile-score",
        alt="Waterfall: points of each part of the score, from 50 to the score with its interval",
    )
    with st.expander("What the points rest on", icon=":material/fact_check:"):
        st.markdown("\n".join(f"- {_explained(part)}" for part in found.parts))


def trend(subject: Subject) -> None:
    with states.loading(320):
        frame = subject.among_all(SupplierAnalytics(subject.visit.store).over_time)
    titled(
        words.trend_finding(frame),
        "Emissions ÷ what peers emit for the same jobs, by month, with the 95 % band. At the dashed line "
        "it is as peers.",
    )
    show(
        drawn.ratio_by_month(frame),
        key="profile-trend",
        alt="Line: the supplier's emissions against peers by month, with a band",
        fill=True,
    )


def months(subject: Subject) -> None:
    with states.loading(320):
        frame = subject.among_all(SupplierAnalytics(subject.visit.store).over_time)
    titled(words.months_finding(frame), "Solid: this supplier, hatched: peers for the same jobs, by month.")
    show(
        drawn.kg_by_month(frame),
        key="profile-months",
        alt="Bars: emissions by month of the supplier and of peers for the same jobs",
        fill=True,
    )


def modes(subject: Subject) -> None:
    with states.loading(320):
        frame = subject.among_all(SupplierAnalytics(subject.visit.store).by_mode)
    titled(words.mode_finding(frame), "Solid: this supplier, hatched: peers for the same jobs.")
    show(
        drawn.by_mode(frame),
        key="profile-modes",
        alt="Bars: emissions by mode of the supplier and of peers for the same jobs",
        fill=True,
    )


def modes_alone(subject: Subject) -> None:
    """The modes without a comparison."""
    frame = subject.alone(OverviewAnalytics(subject.visit.store).by_mode)
    titled(findings.mode_finding(frame), "Solid: emissions, hatched: tonne-km.")
    show(
        charts.share_by_mode(frame),
        key="profile-modes-alone",
        alt="Bars: each mode's share of emissions and of tonne-km",
        fill=True,
    )


def months_alone(subject: Subject, options: FilterOptions) -> None:
    """Its emissions over time without a comparison."""
    with states.loading(380):
        frame = subject.alone(OverviewAnalytics(subject.visit.store).over_time)
    grain = frame.attrs["grain"]
    within = periods.covered(subject.own.start, subject.own.end, options.first, options.last)
    legend = charts.legend(frame, grain, within)
    titled(findings.time_finding(frame), f"Emissions by {grain} and mode.", legend=legend)
    show(
        charts.over_time(frame, grain=grain, within=within),
        key="profile-months-alone",
        alt=f"Stacked bars: emissions by mode and {grain}",
        fill=True,
    )


def jobs(subject: Subject) -> None:
    """The table of jobs, those first where it loses most against peers."""
    with states.loading(300):
        found = subject.among_all(SupplierAnalytics(subject.visit.store).by_job)
    regions = zip(found["origin_region"], found["destination_region"], strict=True)
    frame = found.assign(
        extra_kg=found["observed_kg"] - found["expected_kg"],
        regions=[formats.lane(*ends) for ends in regions],
    )
    titled(
        words.jobs_finding(frame),
        "A job is mode, distance, weight, regions and temperature. The worst against peers first.",
    )
    tables.show(frame, JOB_COLUMNS, key="profile-jobs", alt="Jobs of the supplier against peers")
    tables.download(frame.drop(columns="regions"), f"jobs-{subject.supplier_id}.csv", key="profile-jobs-csv")


def _explained(part: Part) -> str:
    """A part of the score in a line of Markdown."""
    name, evidence = PART_LABELS[part.name], formats.plain(part.evidence)
    if not part.known:
        return f"**{name}**: not known, so the other parts count for it. {evidence}"
    range_ = f"{part.points:.0f} of 100 points ({part.points_low:.0f}–{part.points_high:.0f})"
    by = formats.plain(words.points(part.contribution))
    return f"**{name}**: {range_}, weight {formats.share(part.weight)}, so {by} points. {evidence}"
