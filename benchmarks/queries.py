"""The Overview's questions through the app beside the same ones by hand, on the same engine, by turns."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics import OverviewAnalytics
from benchmarks import overview_sql
from benchmarks.raw import Run, raw_connection
from benchmarks.report import Limit, Row, Table, doing
from benchmarks.stopwatch import Pair, compare
from benchmarks.warehouses import ENGINES, Bench, size_name
from data_access import Filters, Scope, Store
from data_access import overview_queries as asked

if TYPE_CHECKING:
    from sqlalchemy import Select

__all__ = ["DifferentNumbers", "Question", "check", "measure", "methods", "questions"]

MOST = 1.3
_EVERYTHING = Scope.all()
_SUMMED = ("legs", "shipments", "tonne_km", "ttw_kg", "wtt_kg", "wtw_kg", "low_kg", "high_kg", "flagged_legs",
           "flagged_kg", "primary_share", "modelled_share", "costed_share")  # fmt: skip


class DifferentNumbers(AssertionError):
    """The app and the SQL by hand do not answer the same question."""


@dataclass(frozen=True)
class Question:
    """One question, asked both ways of the same filters; both answers are frames."""

    name: str
    ours: Callable[[Store, Filters], pd.DataFrame]
    by_hand: Callable[[Run, Filters], pd.DataFrame]


def measure(bench: Bench) -> list[Table]:
    """Two tables: the queries, and the methods of `OverviewAnalytics` that the page calls."""
    queries: list[Row] = []
    whole: list[Row] = []
    for shipments in bench.sizes:
        for engine in ENGINES:
            url = bench.filled(engine, shipments)
            with Store.open(url) as store, raw_connection(url) as run:
                year = last_year(bench.until)
                queries += _rows(questions(store), store, run, year, (size_name(shipments), engine))
                whole += _rows(methods(), store, run, year, (size_name(shipments), engine), None)
    head = ("shipments", "engine", "question", "ours ms", "by hand ms", "ratio")
    return [
        Table(
            "Overview queries",
            head,
            queries,
            "`store.frame(query)`, from building the statement to the pandas frame, beside SQL written by "
            "hand on the engine's own connection (cursor → Arrow → pandas), by turns, each turn over another "
            "period. Twelve months, all suppliers. Medians; the ratio is the median of the turns' ratios.",
        ),
        Table(
            "Overview methods as a whole",
            head,
            whole,
            "Each method of `OverviewAnalytics` with all its queries and arithmetic, beside hand-written SQL "
            "that does the arithmetic in the database. For information: the requirement is on the queries; "
            "a method adds ranges and shares in pandas, some milliseconds whatever the size.",
        ),
    ]


def last_year(until: datetime) -> Filters:
    return Filters(start=until - timedelta(days=365), end=until)


def _rows(
    asked_of: list[Question],
    store: Store,
    run: Run,
    year: Filters,
    where: tuple[str, str],
    most: float | None = MOST,
) -> Iterator[Row]:
    for question in asked_of:
        doing(*where, question.name)
        check(question, store, run, year)
        pair = _timed(question, store, run, year)
        limit = Limit(pair.ratio, most) if most else None
        yield (*where, question.name, pair.ours_ms, pair.by_hand_ms, pair.ratio), limit


def _timed(question: Question, store: Store, run: Run, year: Filters) -> Pair:
    """As many turns as fit into some seconds, each over a period a minute earlier: no answer is kept."""
    first = compare(lambda turn: question.ours(store, year), lambda turn: question.by_hand(run, year), 1)
    turns = max(5, min(101, int(3000 / (first.ours_ms + first.by_hand_ms))))
    return compare(
        lambda turn: question.ours(store, _earlier(year, turn)),
        lambda turn: question.by_hand(run, _earlier(year, turn)),
        turns,
    )


def _earlier(year: Filters, turn: int) -> Filters:
    step = timedelta(minutes=turn)
    assert year.start is not None
    assert year.end is not None
    return replace(year, start=year.start - step, end=year.end - step)


def check(question: Question, store: Store, run: Run, year: Filters) -> None:
    """See that both ways give the same numbers, whatever the order of rows.

    Raises
    ------
    DifferentNumbers
    """
    ours, by_hand = question.ours(store, year), question.by_hand(run, year)
    columns = [name for name in by_hand.columns if name in ours.columns]
    if not len(by_hand) or set(by_hand.columns) - set(ours.columns):
        raise DifferentNumbers(f"{question.name}: ours has {list(ours)}, by hand {list(by_hand)}.")
    try:
        pd.testing.assert_frame_equal(
            _sorted(ours[columns]), _sorted(by_hand[columns]), check_dtype=False, rtol=1e-9
        )
    except AssertionError as difference:
        raise DifferentNumbers(f"{question.name}: {difference}") from difference


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    keys = [name for name in frame if not pd.api.types.is_float_dtype(frame[name])]
    plain = frame.assign(
        **{name: frame[name].astype("object").where(frame[name].notna(), "") for name in keys}
    )
    return plain.sort_values(keys, ignore_index=True) if keys else plain


def questions(store: Store) -> list[Question]:
    """Each query of `data_access.overview_queries` with its SQL by hand."""
    three = tuple(store.frame(asked.suppliers_seen(_EVERYTHING))["supplier_id"].head(3))
    modes = ("road", "sea")
    queries: dict[str, tuple[Callable[[Filters], Select[Any]], list[Any] | None]] = {
        "KPI sums": (lambda f: asked.totals(f, _EVERYTHING), []),
        "KPI sums, 2 modes of 3 suppliers": (
            lambda f: asked.totals(replace(f, modes=modes, suppliers=three), _EVERYTHING),
            [*modes, *three],
        ),
        "shipments of 2 modes": (
            lambda f: asked.shipment_count(replace(f, modes=modes), _EVERYTHING),
            [*modes],
        ),
        "flagged legs": (lambda f: asked.flagged_total(f, _EVERYTHING), []),
        "over time, by week and mode": (lambda f: asked.over_time(f, _EVERYTHING, "week"), []),
        "by mode": (lambda f: asked.by_mode(f, _EVERYTHING), []),
        "top suppliers": (lambda f: asked.top_suppliers(f, _EVERYTHING, 1_000), []),
        "top lanes": (lambda f: asked.top_lanes(f, _EVERYTHING, 1_000), []),
        "1,000 heaviest legs": (lambda f: asked.leg_rows(f, _EVERYTHING, 1_000), []),
        "span of the data": (lambda _: asked.span(_EVERYTHING), None),
        "suppliers to filter by": (lambda _: asked.suppliers_seen(_EVERYTHING), None),
        "modes to filter by": (lambda _: asked.distinct_values(_EVERYTHING, "mode"), None),
        "origin countries to filter by": (
            lambda _: asked.distinct_values(_EVERYTHING, "origin_country"),
            None,
        ),
        "product groups to filter by": (lambda _: asked.distinct_values(_EVERYTHING, "product_group"), None),
    }
    return [_query(name, build, more) for name, (build, more) in queries.items()]


def _values(column: str) -> Callable[[Filters], Select[Any]]:
    return lambda _: asked.distinct_values(_EVERYTHING, column)


def _query(name: str, build: Callable[[Filters], Select[Any]], more: list[Any] | None) -> Question:
    sql = overview_sql.QUESTIONS[name]
    return Question(
        name,
        lambda store, filters: store.frame(build(filters)),
        lambda run, filters: run(sql, [] if more is None else [filters.start, filters.end, *more]),
    )


def methods() -> list[Question]:
    """Each method that the page calls, its result as one frame."""
    plain: dict[str, Callable[[OverviewAnalytics, Filters], pd.DataFrame]] = {
        "over_time": lambda o, f: o.over_time(f, _EVERYTHING),
        "by_mode": lambda o, f: o.by_mode(f, _EVERYTHING),
        "top_suppliers": lambda o, f: o.top_suppliers(f, _EVERYTHING, limit=1_000),
        "top_lanes": lambda o, f: o.top_lanes(f, _EVERYTHING, limit=1_000),
        "leg_rows": lambda o, f: o.leg_rows(f, _EVERYTHING),
    }
    return [
        Question("summary", _summary, _summary_by_hand),
        *(_method(name, ask) for name, ask in plain.items()),
        Question("derivation", _derivation, _derivation_by_hand),
        Question("options", _options, _options_by_hand),
    ]


def _method(name: str, ask: Callable[[OverviewAnalytics, Filters], pd.DataFrame]) -> Question:
    (sql,) = overview_sql.METHODS[name]
    return Question(
        name,
        lambda store, filters: ask(OverviewAnalytics(store), filters),
        lambda run, filters: run(sql, [filters.start, filters.end]),
    )


def _summary(store: Store, filters: Filters) -> pd.DataFrame:
    found = OverviewAnalytics(store).summary(filters, _EVERYTHING)
    rows = [{name: asdict(one)[name] for name in _SUMMED} for one in (found.current, found.previous) if one]
    return pd.DataFrame(rows).assign(at=range(len(rows)))


def _summary_by_hand(run: Run, filters: Filters) -> pd.DataFrame:
    kpis, flagged = overview_sql.METHODS["summary"]
    rows = []
    for at, period in enumerate((filters, filters.previous())):
        assert period is not None
        parts = run(kpis, [period.start, period.end])
        sums, first = parts.drop(columns=["currency", "down", "up"]).sum(), parts.iloc[0]
        marked = run(flagged, [period.start, period.end]).iloc[0]
        row = {name: sums[name] for name in _SUMMED if name in sums}
        rows.append(
            row
            | {"low_kg": sums["wtw_kg"] - first["down"], "high_kg": sums["wtw_kg"] + first["up"]}
            | {"flagged_legs": int(marked["legs"]), "flagged_kg": marked["wtw_kg"]}
            | {f"{kind}_share": sums[f"{kind}_kg"] / sums["wtw_kg"] for kind in ("primary", "modelled")}
            | {"costed_share": sums["costed"] / sums["legs"], "at": at}
        )
    return pd.DataFrame(rows).astype({"legs": int, "shipments": int})


def _derivation(store: Store, filters: Filters) -> pd.DataFrame:
    found = OverviewAnalytics(store).derivation(filters, _EVERYTHING)
    columns = ["factor_id", "factor_set", "legs", "tonne_km", "wtw_kg"]
    return found.by_factor[columns].assign(flagged_legs=found.totals.flagged_legs)


def _derivation_by_hand(run: Run, filters: Filters) -> pd.DataFrame:
    period = [filters.start, filters.end]
    sums, factors, flagged = (run(sql, period) for sql in overview_sql.METHODS["derivation"])
    by_factor = sums.groupby("factor_id", dropna=False)[["legs", "tonne_km", "wtw_kg"]].sum().reset_index()
    named = by_factor.merge(factors[["factor_id", "factor_set"]], on="factor_id", how="left")
    return named.assign(flagged_legs=int(flagged["legs"].iloc[0]))


def _options(store: Store, _filters: Filters) -> pd.DataFrame:
    found = OverviewAnalytics(store).options(_EVERYTHING)
    lists = (found.modes, found.origin_countries, found.destination_countries, found.product_groups)
    return pd.DataFrame(
        {
            "value": [
                f"{found.first:%Y-%m-%d %H:%M}",
                *found.suppliers,
                *(one for part in lists for one in part),
            ],
            "legs": found.legs,
        }
    )


def _options_by_hand(run: Run, _filters: Filters) -> pd.DataFrame:
    span, suppliers, *lists = (run(sql, []) for sql in overview_sql.METHODS["options"])
    found = itertools.chain(*(part["value"] for part in lists))
    values = [f"{span['first'].iloc[0]:%Y-%m-%d %H:%M}", *suppliers["supplier_id"], *found]
    return pd.DataFrame({"value": values, "legs": int(span["legs"].iloc[0])})
