"""The top of one supplier's profile: which one, who that is, its headline figures, and the ways on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ingestion.supplier_data import stored
from ui import formats, supplier_choice, supplier_views
from ui import supplier_profile_words as words
from ui.supplier_words import STANDING_LABELS, interval, standing, times

if TYPE_CHECKING:
    import pandas as pd

    from analytics.overview import FilterOptions, Totals
    from analytics.suppliers import SupplierScore
    from ui.supplier_subject import Subject

__all__ = ["cards", "choose", "kpis", "nearest", "title", "ways_on"]

_CHOSEN = "supplier-open"
_PEERS = 2
Card = tuple[str, str, str, str]


def choose(options: FilterOptions, supplier_id: str | None) -> None:
    """The supplier to look at, by name; choosing opens another one."""
    labels = supplier_choice.names(options)
    st.session_state[_CHOSEN] = supplier_id if supplier_id in labels else None
    st.selectbox(
        "Supplier",
        list(labels),
        format_func=lambda one: labels.get(one, one),
        key=_CHOSEN,
        on_change=_open_chosen,
        placeholder="Choose a supplier",
    )


def ways_on(ranking: pd.DataFrame | None, supplier_id: str) -> None:
    """Back to the ranking, and on to the comparison with those next to it in rank."""
    st.button("Back to the ranking", icon=":material/arrow_back:", key="to-ranking", on_click=_to_ranking)
    peers = nearest(ranking, supplier_id) if ranking is not None else ()
    if peers:
        st.button(
            "Compare with its nearest peers",
            icon=":material/compare_arrows:",
            key="to-peers",
            on_click=supplier_views.compare,
            args=((supplier_id, *peers),),
            help="The two suppliers next to it in rank.",
        )


def nearest(ranking: pd.DataFrame, supplier_id: str, number: int = _PEERS) -> tuple[str, ...]:
    """The suppliers next to this one in rank, nearest first, the better one before the worse.

    Parameters
    ----------
    ranking : DataFrame
        supplier_id and rank.
    """
    own = ranking.loc[ranking["supplier_id"] == supplier_id, "rank"]
    if own.empty:
        return ()
    others = ranking[ranking["supplier_id"] != supplier_id]
    apart = others.assign(apart=(others["rank"] - own.iloc[0]).abs())
    return tuple(apart.sort_values(["apart", "rank"])["supplier_id"].head(number))


def title(subject: Subject) -> None:
    """Its name, and in one line what is known about it."""
    st.header(formats.plain(subject.name), anchor=False)
    rows = stored(subject.visit.store, {subject.supplier_id})
    row = rows.get(subject.supplier_id, {})
    own_target = words.target(row.get("target_pct"), row.get("target_base_year"), row.get("target_year"))
    facts = (row.get("country"), row.get("sector"), row.get("tier"))
    st.caption(formats.plain(words.facts(subject.supplier_id, *facts, own_target)))


def cards(score: SupplierScore | None, totals: Totals) -> list[Card]:
    """Figure, label, value and note of each card; without a score, only what needs no peers."""
    own: list[Card] = [
        (
            "emissions",
            "Emissions WTW, CO2e",
            formats.mass(totals.wtw_kg),
            formats.range_note(totals.wtw_kg, totals.low_kg, totals.high_kg),
        ),
        (
            "primary",
            "Primary data",
            formats.share(totals.primary_share),
            f"{formats.share(totals.modelled_share)} modelled, {formats.share(totals.default_share)} default",
        ),
    ]
    if score is None:
        intensity = formats.intensity(totals.intensity_g_per_tkm).removesuffix(" CO2e/tkm")
        legs = formats.counted(totals.legs, "leg")
        return [
            *own,
            ("intensity", "Intensity, CO2e per tkm", intensity, "Emissions ÷ tonne-km"),
            ("tonne_km", "Transport activity", formats.tonne_km(totals.tonne_km), "Σ mass × distance"),
            ("shipments", "Shipments", formats.count(totals.shipments), legs),
        ]
    return [*_compared(score), *own]


def kpis(found: list[Card]) -> None:
    with st.container(key="kpis"):
        for figure, label, value, note in found:
            with st.container(key=f"kpi-{figure}"):
                st.metric(label, value)
                st.caption(formats.plain(note))


def _compared(score: SupplierScore) -> list[Card]:
    extra = score.observed_kg - score.expected_kg
    observed, expected = formats.mass(score.observed_kg), formats.mass(score.expected_kg)
    sure = STANDING_LABELS[standing(score.ratio_low, score.ratio_high)]
    return [
        (
            "score",
            "Score of 100",
            f"{score.sustainability_score:.0f}",
            f"95 % interval {score.score_low:.0f}–{score.score_high:.0f}; 50 is as peers do",
        ),
        (
            "rank",
            "Rank",
            f"{score.rank} of {score.suppliers}",
            f"95 % interval {score.rank_low}–{score.rank_high}; 1 is the best",
        ),
        (
            "ratio",
            "Against peers",
            times(score.ratio),
            f"{interval(score.ratio_low, score.ratio_high, 2)} × what peers emit for the same jobs: {sure}",
        ),
        (
            "extra",
            "Above peers, CO2e" if extra >= 0 else "Below peers, CO2e",
            formats.mass(abs(extra)),
            f"{observed}, peers {expected} for the same jobs; {formats.share(score.compared_share)} of its "
            "emissions can be compared",
        ),
    ]


def _open_chosen() -> None:
    if chosen := st.session_state.get(_CHOSEN):
        supplier_views.open_one(chosen)


def _to_ranking() -> None:
    st.session_state[supplier_views.VIEW_KEY] = supplier_views.RANKING
