"""The benchmarks compare like with like: the SQL by hand and the app's own give the same numbers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from benchmarks import csv_file, overview_sql, queries
from benchmarks.bare_import import on_duckdb
from benchmarks.raw import Run, raw_connection
from benchmarks.report import Limit, Table, closing
from benchmarks.stopwatch import compare
from data_access import Filters, Store
from ingestion import import_file
from ingestion.demo import fill

UNTIL = datetime(2026, 1, 1)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Run]]:
    url = f"duckdb:///{tmp_path_factory.mktemp('benchmark')}/warehouse.duckdb"
    with Store.open(url) as store:
        fill(store, 2_000, until=UNTIL)
        with raw_connection(url) as run:
            yield store, run


@pytest.fixture(scope="module")
def year() -> Filters:
    return queries.last_year(UNTIL)


@pytest.mark.parametrize("name", overview_sql.QUESTIONS)
def test_a_query_and_its_sql_by_hand_give_the_same_numbers(
    demo: tuple[Store, Run], year: Filters, name: str
) -> None:
    store, run = demo
    question = next(one for one in queries.questions(store) if one.name == name)
    queries.check(question, store, run, year)
    assert len(question.by_hand(run, year)) > 0


@pytest.mark.parametrize("name", overview_sql.METHODS)
def test_a_method_and_its_sql_by_hand_give_the_same_numbers(
    demo: tuple[Store, Run], year: Filters, name: str
) -> None:
    store, run = demo
    method = next(one for one in queries.methods() if one.name == name)
    queries.check(method, store, run, year)
    assert len(method.by_hand(run, year)) > 0


def test_different_numbers_are_noticed(demo: tuple[Store, Run], year: Filters) -> None:
    store, run = demo
    a_ton_more = queries.Question(
        "one", lambda *_: pd.DataFrame({"wtw_kg": [2_000.0]}), lambda *_: pd.DataFrame({"wtw_kg": [1_000.0]})
    )
    with pytest.raises(queries.DifferentNumbers, match="one"):
        queries.check(a_ton_more, store, run, year)


def test_import_and_bare_sql_accept_the_same_rows_of_the_generated_file(tmp_path: Path) -> None:
    file = csv_file.write(tmp_path / "shipments.csv", 4_000)
    urls = [f"duckdb:///{tmp_path}/{name}.duckdb" for name in ("ours", "bare")]
    with Store.open(urls[0]) as store:
        result = import_file(store, file.path)
    Store.open(urls[1]).close()
    assert on_duckdb(urls[1], file.path) == result.rows_accepted
    assert result.rows_read == 4_000
    assert result.rows_duplicate > 0 and result.rows_rejected > 0


def test_the_generated_file_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    files = [csv_file.write(tmp_path / name, 500).path.read_bytes() for name in ("a.csv", "b.csv")]
    assert files[0] == files[1]


def test_turns_alternate_between_both_ways() -> None:
    order: list[tuple[str, int]] = []
    compare(lambda turn: order.append(("ours", turn)), lambda turn: order.append(("hand", turn)), 2)
    turns = [(way, turn) for turn in range(3) for way in ("ours", "hand")]  # turn 0 warms up
    assert order == turns


def test_a_missed_requirement_is_named() -> None:
    rows = [(("25k", 1.4), Limit(1.4, 1.3)), (("1M", 1.1), Limit(1.1, 1.3)), (("10M", 9.0), None)]
    table = Table("Queries", ("shipments", "ratio"), rows)
    assert closing([table]) == (
        "1 of 2 requirements do not hold:\n- Queries: 25k, 1.40: 1.40, required ≤ 1.30"
    )
    assert "| 1M | 1.10 | ≤ 1.30 | yes |" in str(table)


def test_a_rate_must_reach_its_bound() -> None:
    assert Limit(210_000.0, 200_000.0, at_least=True).holds
    assert not Limit(190_000.0, 200_000.0, at_least=True).holds
