"""The map of lanes: from the question to what the browser is sent, for few and for thousands of lanes."""

from __future__ import annotations

import importlib
import statistics
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.report import Limit, Row, Table, doing
from benchmarks.servers import ROOT, app_server, chromium, wait_until_healthy
from benchmarks.start import installation
from benchmarks.stopwatch import seconds
from benchmarks.warehouses import ENGINES, SEED, Bench, size_name

__all__ = ["measure"]

MOST_MS = 1_000.0
TURNS = 5
LANES, LEGS_A_LANE = 5_000, 4
_CITIES = ROOT / "assets" / "locations" / "cities.csv"
_LEAST_PEOPLE = 200_000
_ROAD_UP_TO_KM, _SEA_SHARE = 1_500.0, 0.6
_DRAWN = """() => { const plot = document.querySelector('[class*=st-key-lane-map-on-] .js-plotly-plot');
  return plot && plot.querySelectorAll('.scatterlayer .js-line').length > 0; }"""


def measure(bench: Bench) -> list[Table]:
    """Two tables: the server's work, part by part, and what a visitor waits for."""
    from analytics.flows import sea

    for module in ("pandas", "plotly.graph_objects", "scipy.sparse.csgraph"):
        importlib.import_module(module)  # the server does so after its start
    sea.warm()
    rows: list[Row] = []
    for shipments in bench.sizes:
        for engine in ENGINES:
            url, name = bench.filled(engine, shipments), (size_name(shipments), engine)
            doing(*name, "map")
            # The requirement is about DuckDB, the default warehouse, at 1M.
            judged = engine == "duckdb" and shipments >= 1_000_000
            rows.append(_row((*name, "demo"), url, 150, judged=judged))
    many = bench.empty("duckdb")
    _fill_with_lanes(many)
    for limit in (150, 500):
        doing("map", f"{limit} of {LANES} lanes")
        rows.append(
            _row((f"{LANES * LEGS_A_LANE // 1000}k", "duckdb", "random"), many, limit, judged=limit == 150)
        )
    head = (
        "shipments",
        "engine",
        "lanes",
        "drawn",
        "query ms",
        "ways ms",
        "figure ms",
        "JSON ms",
        "kB",
        "whole ms",
    )
    note = (
        "Until the figure is text that can be sent: query, ways of the lanes (no sea route kept), "
        f"merging and figure, JSON. Libraries and sea network are loaded. Medians of {TURNS}. `random`: "
        f"{LANES:,} lanes between cities of over {_LEAST_PEOPLE:,} people all over the world."
    )
    return [Table("Map of lanes", head, rows, note), _in_browser(bench)]


def _row(name: tuple[str, str, str], url: str, limit: int, *, judged: bool) -> Row:
    runs = [_once(url, limit) for _ in range(TURNS + 1)][1:]
    parts = [statistics.median(run[i] for run in runs) for i in range(6)]
    whole_ms = parts[5]
    cells = (name[0], name[1], name[2], limit, *parts)
    return cells, Limit(whole_ms, MOST_MS, "ms") if judged else None


def _once(url: str, limit: int) -> tuple[float, float, float, float, float, float]:
    """Milliseconds of the query, the ways, the figure and its JSON; its kB; and the whole in ms."""
    from analytics.flows import extent, heaviest, sea
    from data_access import Filters, Scope, Store, flow_queries
    from ui.lane_map_figure import drawn

    sea.forget()
    with Store.open(url) as store:
        store.version  # noqa: B018  (the connection is there before a visitor comes)
        at = [time.perf_counter()]
        sums = store.frame(flow_queries.lane_flows(Filters(), Scope.all()))
        at.append(time.perf_counter())
        flows = heaviest(sums, limit)
        at.append(time.perf_counter())
        figure = drawn(flows, view=extent(flows), width_px=870.0, height_px=390.0).figure
        at.append(time.perf_counter())
        text = figure.to_json()
        at.append(time.perf_counter())
    query, ways, figure_ms, json_ms = (np.diff(at) * 1000).tolist()
    return query, ways, figure_ms, json_ms, len(text) / 1000, (at[-1] - at[0]) * 1000


def _fill_with_lanes(url: str) -> None:
    """Random lanes between large cities: by road when near, else by sea or air."""
    from analytics.distances import great_circle_km
    from analytics.emissions import calculate, load_factors
    from data_access import Store, schema

    random = np.random.default_rng(SEED)
    cities = pd.read_csv(
        _CITIES, usecols=["country", "name", "lat", "lon", "population"], keep_default_na=False
    )
    cities = cities[cities["population"] >= _LEAST_PEOPLE].reset_index(drop=True)
    start, end = random.integers(0, len(cities), (2, LANES))
    km = great_circle_km(*(cities[name].to_numpy()[side] for side in (start, end) for name in ("lat", "lon")))
    far = np.where(random.random(LANES) < _SEA_SHARE, "sea", "air")
    lanes = pd.DataFrame({"mode": np.where(km < _ROAD_UP_TO_KM, "road", far), "distance_km": km + 1.0})
    for side, city in (("origin", start), ("destination", end)):
        rows = cities.iloc[city].reset_index(drop=True)
        lanes[side] = rows["name"] + ", " + rows["country"]
        lanes[f"{side}_country"], lanes[f"{side}_lat"] = rows["country"], rows["lat"]
        lanes[f"{side}_lon"] = rows["lon"]
    legs = lanes.loc[lanes.index.repeat(LEGS_A_LANE)].reset_index(drop=True)
    legs = legs.assign(
        shipment_id=[f"L{number}" for number in range(len(legs))],
        leg_no=1,
        departed_at=pd.Timestamp("2026-03-10"),
        supplier_id="Acme",
        vehicle_class=None,
        temperature_controlled=False,
        weight_kg=random.lognormal(8.0, 1.0, len(legs)),
        distance_basis="sfd",
        distance_source="places",
        batch_id="benchmark",
    )
    legs["departed_at"] = legs["departed_at"].astype("datetime64[us]")
    with Store.open(url) as store:
        store.transact(lambda tx: tx.append(schema.legs, calculate(legs, load_factors())))


def _in_browser(bench: Bench) -> Table:
    rows: list[Row] = []
    with chromium() as browser:
        for shipments in bench.sizes:
            doing(size_name(shipments), "map in the browser")
            for what, taken in _visits(bench, browser, shipments):
                rows.append(((size_name(shipments), what, taken), None))
    note = (
        "pages/lanes.py over all time on DuckDB, headless Chromium, until the lines are on screen. "
        f"Medians of {TURNS}, but for the first visit."
    )
    return Table("Map of lanes in the browser", ("shipments", "what", "seconds"), rows, note)


def _visits(bench: Bench, browser: Any, shipments: int) -> Iterator[tuple[str, float]]:
    env, cookie = installation(bench, shipments)
    log = bench.folder / "server.log"
    with app_server(env, log) as (address, process):
        wait_until_healthy(address, process, log)
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.add_cookies([cookie | {"url": address}])
        page = context.new_page()
        page.goto(f"{address}/")  # the libraries and the connection, as for any visitor but the first
        page.locator("[data-testid=stMetricValue]").first.wait_for(timeout=120_000)

        def visit() -> None:
            page.goto(f"{address}/lanes?period=All+time")
            page.wait_for_function(_DRAWN, polling=20, timeout=120_000)

        def nearer() -> None:
            before = page.evaluate(_RANGE)
            page.get_by_role("button", name="Nearer", exact=True).click()
            page.wait_for_function(f"before => ({_RANGE})() !== before", arg=before, polling=20)

        yield "first visit of the Lanes page, until the map is drawn", seconds(visit)
        again = statistics.median(seconds(visit) for _ in range(TURNS))
        yield "the page again, answers known, until the map is drawn", again
        page.wait_for_timeout(3_000)
        yield "“Nearer”, from the click to the new map", statistics.median(seconds(nearer) for _ in range(3))
        context.close()


_RANGE = """() => { const plot = document.querySelector('[class*=st-key-lane-map-on-] .js-plotly-plot');
  return plot && plot._fullLayout ? JSON.stringify(plot._fullLayout.xaxis.range) : ''; }"""
