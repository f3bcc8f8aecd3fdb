"""Two to five suppliers side by side: scores and parts, ratios, figures, modes, and all of it as a table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from analytics import OverviewAnalytics
from ui import formats, states, supplier_charts, supplier_views, tables
from ui import supplier_compare_charts as charts
from ui import supplier_words as words
from ui.chart_card import card, titled
from ui.chart_card import show as show_chart

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from data_access import Filters
    from ui.shell import Visit

__all__ = ["measured", "mode_mix", "show", "table"]

_MEASURE_PX = 190
_PICK = "suppliers-compare-pick"
_TITLES = {
    "wtw_kg": "Emissions, CO2e",
    "intensity_g_per_tkm": "Intensity, g CO2e/tkm",
    "primary_share": "Primary data, share of kg",
    "shipments": "Shipments",
    "tonne_km": "Transport activity",
}


def show(visit: Visit, frame: pd.DataFrame, chosen: Filters, names: Mapping[str, str]) -> None:
    """Choose suppliers and compare them.

    Parameters
    ----------
    frame : DataFrame
        As `analytics.suppliers.scored` gives it, for all suppliers.
    names : mapping
        Supplier ids to names, no two alike.
    """
    known = {one: names.get(one, one) for one in frame["supplier_id"]}
    picked = _pick(known)
    if len(picked) < 2:
        few = "Choose at least two suppliers to see them side by side."
        only = "There is only one supplier in this selection, so there is none to compare it with."
        st.info(few if len(known) > 1 else only, icon=":material/compare_arrows:")
        return
    rows = frame.set_index("supplier_id").loc[list(picked)].reset_index()
    rows = rows.assign(name=[known[one] for one in picked])
    with states.loading(620):
        figures = measured(visit, rows, chosen)
        mix = mode_mix(visit, rows, chosen)
    left, right = st.columns(2)
    with card(left, "Score and parts"):
        titled(words.comparison_finding(rows), "Points with their 95 % intervals; the line is as peers do.")
        show_chart(charts.scores(rows), key="compare-scores", alt=_scores_alt(rows))
    with card(right, "Figures side by side"):
        _figures(rows, figures)
    with card(st, "Modes side by side"):
        legend = charts.modes_legend(mix)
        titled(words.modes_finding(mix), "Share of tonne-km by mode; hubs move nothing.", legend=legend)
        show_chart(charts.modes(mix), key="compare-modes", alt="Bars: each supplier's tonne-km by mode")
    with st.container(border=True, key="card-compare-table"), states.boundary("The table"):
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="compare-bar"
        ):
            st.markdown("**All figures side by side**", width="content")
            tables.download(_export(figures, mix), "suppliers-compared.csv", key="download-compared")
        st.dataframe(
            table(figures),
            height="content",
            column_config={"_index": st.column_config.TextColumn("Measure", width=_MEASURE_PX)},
            alt="Measures by supplier",
            key="compare-table",
        )
        _open_buttons(rows)


def measured(visit: Visit, rows: pd.DataFrame, chosen: Filters) -> pd.DataFrame:
    """The scores with wtw_kg, intensity_g_per_tkm, primary_share, shipments and tonne_km of all legs."""
    overview = OverviewAnalytics(visit.store)
    totals = [visit.ask(overview.totals, _only(chosen, one)) for one in rows["supplier_id"]]
    figures = {column: [_number(getattr(one, column)) for one in totals] for column in _TITLES}
    return rows.assign(**figures)


def mode_mix(visit: Visit, rows: pd.DataFrame, chosen: Filters) -> pd.DataFrame:
    """Columns supplier_id, name, mode, tonne_km, tkm_share of each supplier, hubs left out."""
    import pandas as pd

    overview = OverviewAnalytics(visit.store)
    parts = []
    for one, name in zip(rows["supplier_id"], rows["name"], strict=True):
        mix = visit.ask(overview.by_mode, _only(chosen, one))
        mix = mix[mix["mode"] != "hub"]
        parts.append(mix[["mode", "tonne_km", "tkm_share"]].assign(supplier_id=one, name=name))
    return pd.concat(parts, ignore_index=True)


def table(figures: pd.DataFrame) -> pd.DataFrame:
    """Measures in rows, suppliers in columns, in words."""
    import pandas as pd

    columns = {}
    for row in figures.to_dict("records"):
        cells = {
            "Rank": words.with_interval(row["rank"], row["rank_low"], row["rank_high"]),
            "Score": words.with_interval(row["score"], row["score_low"], row["score_high"]),
            "Observed ÷ expected": words.with_interval(
                row["ratio"], row["ratio_low"], row["ratio_high"], digits=2
            ),
        }
        for part, label in words.PART_LABELS.items():
            cells[f"{label}, points"] = words.with_interval(
                row[f"{part}_points"], row[f"{part}_low"], row[f"{part}_high"]
            )
        cells |= {
            "Legs compared": formats.count(row["legs"]),
            "Emitted in these": formats.mass(row["observed_kg"]),
            "Expected in these": formats.mass(row["expected_kg"]),
        }
        cells |= {title: _worded(column, row[column]) for column, title in _TITLES.items()}
        columns[row["name"]] = cells
    found = pd.DataFrame(columns)
    found.index.name = "Measure"
    return found


def _pick(known: Mapping[str, str]) -> tuple[str, ...]:
    """The multiselect; what is chosen lives in `supplier_views`, which other views and links write to."""
    gone = [one for one in supplier_views.compared() if one not in known]
    st.session_state[_PICK] = [one for one in supplier_views.compared() if one in known]
    picked = st.multiselect(
        "Suppliers to compare",
        sorted(known, key=lambda one: known[one].casefold()),
        format_func=lambda one: known.get(one, one),
        max_selections=supplier_views.MOST_COMPARED,
        placeholder=f"Choose 2 to {supplier_views.MOST_COMPARED} suppliers",
        key=_PICK,
        on_change=lambda: supplier_views.compare(tuple(st.session_state[_PICK])),
        select_all=False,
    )
    if gone:
        st.info(
            f"Not in this selection, so left out: {formats.plain(', '.join(gone)[:200])}.",
            icon=":material/info:",
        )
    return tuple(picked)


def _figures(rows: pd.DataFrame, figures: pd.DataFrame) -> None:
    titled(
        words.ratio_finding(rows),
        "Above: observed ÷ expected emissions with 95 % intervals. Below: all legs of the selection.",
        legend=supplier_charts.ratios_legend(rows),
    )
    ratios = rows[rows["ratio"].notna()]
    if len(ratios):
        alt = "Dots with intervals: emissions against peers"
        show_chart(supplier_charts.ratios(ratios), key="compare-ratios", alt=alt)
    measures = [
        (title, column, [_worded(column, value) for value in figures[column]])
        for column, title in _TITLES.items()
    ]
    alt = "Bars: emissions, intensity, primary data, shipments and tonne-km of each supplier"
    show_chart(charts.figures(figures, measures), key="compare-figures", alt=alt)


def _open_buttons(rows: pd.DataFrame) -> None:
    with st.container(horizontal=True, key="compare-open"):
        for one, name in zip(rows["supplier_id"], rows["name"], strict=True):
            st.button(
                f"Open {formats.plain(name)}",
                key=f"compare-open-{one}",
                icon=":material/factory:",
                on_click=supplier_views.open_one,
                args=(one,),
            )


def _export(figures: pd.DataFrame, mix: pd.DataFrame) -> pd.DataFrame:
    """All figures with full precision, a row for each supplier; a column for each mode's share."""
    by_mode = mix.pivot_table(index="supplier_id", columns="mode", values="tkm_share", aggfunc="sum")
    by_mode.columns = [f"{mode}_tkm_share" for mode in by_mode.columns]
    return figures.merge(by_mode.reset_index(), on="supplier_id", how="left")


def _scores_alt(rows: pd.DataFrame) -> str:
    return f"Dots with intervals: score and parts of {len(rows)} suppliers"


def _only(chosen: Filters, supplier_id: str) -> Filters:
    return replace(chosen, suppliers=(supplier_id,))


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _worded(column: str, value: float) -> str:
    if column == "wtw_kg":
        return formats.mass(value)
    if column == "intensity_g_per_tkm":
        return formats.intensity(value).removesuffix(" CO2e/tkm")
    if column == "primary_share":
        return formats.share(value)
    return formats.tonne_km(value) if column == "tonne_km" else formats.count(value)
