"""On the demo's hidden labels: what is found, and that clean data stays clean."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from analytics.anomalies import KINDS, score
from ingestion.demo import generate
from ingestion.demo.world import Settings

UNTIL = datetime(2026, 6, 1)


def demo(shipments: int, seed: int, **settings) -> tuple[pd.DataFrame, np.ndarray]:
    """Legs, and the kind of each hidden anomaly, None for plain legs."""
    batches = list(generate(shipments, seed=seed, until=UNTIL, settings=Settings(**settings)))
    legs = pd.concat([batch.legs for batch in batches], ignore_index=True)
    labels = pd.concat([batch.labels for batch in batches])
    kind = legs[["shipment_id", "leg_no"]].merge(labels, how="left")["kind"]
    return legs, kind.astype(object).where(kind.notna(), None).to_numpy()


@pytest.fixture(scope="module")
def scored() -> tuple[pd.DataFrame, np.ndarray, pd.DataFrame]:
    legs, kind = demo(12_000, seed=3)
    return legs, kind, score(legs, second_opinion=False)


def test_most_of_what_is_flagged_is_wrong_and_most_of_what_is_wrong_is_flagged(scored):
    _, kind, found = scored
    wrong = kind != None  # noqa: E711
    flagged = found["is_anomaly"].to_numpy()
    assert np.mean(wrong[flagged]) >= 0.8
    assert np.mean(flagged[wrong]) >= 0.8


def test_the_ranking_puts_wrong_legs_first(scored):
    _, kind, found = scored
    wrong = (kind != None)[np.argsort(-found["score"].to_numpy())]  # noqa: E711
    precision = np.cumsum(wrong) / np.arange(1, len(wrong) + 1)
    assert precision[wrong].mean() >= 0.9


@pytest.mark.parametrize(
    "kind",
    ["tonnes_as_kg", "distance_in_miles", "distance_typo", "impossible_mode", "unusual_mode",
     "duplicate", "unusual_intensity", "unusual_weight", "weight_in_lb"],
)  # fmt: skip
def test_each_kind_is_found_and_called_by_its_name(scored, kind):
    _, true, found = scored
    here = true == kind
    assert here.any()
    assert found["is_anomaly"][here].mean() >= 0.7
    assert (found["kind"][here] == kind).mean() >= 0.65


def test_clean_data_gives_almost_none():
    legs, _ = demo(6_000, seed=1, anomaly_share=0)
    assert score(legs, second_opinion=False)["is_anomaly"].mean() < 0.005


@pytest.mark.parametrize("settings", [{"noise": 2.0}, {"suppliers": 5}, {"modes": ("road",)}])
def test_other_worlds_are_not_flooded(settings):
    legs, kind = demo(6_000, seed=2, **settings)
    flagged = score(legs, second_opinion=False)["is_anomaly"].to_numpy()
    assert np.mean((kind != None)[flagged]) >= 0.7  # noqa: E711


def test_a_repair_puts_back_what_was_true(scored):
    """The demo multiplies weights by 2.2046 or divides by 1,000, and distances by 0.6214 or 10."""
    legs, kind, found = scored
    factor = {
        "weight_in_lb": 2.2046226,
        "tonnes_as_kg": 1e-3,
        "distance_in_miles": 0.6213712,
        "distance_typo": 10,
    }
    hit = found["fix_column"].isin(["weight_kg", "distance_km"]) & (found["kind"] == kind)
    assert hit.sum() > 20
    for row in np.flatnonzero(hit):
        true = legs[found["column"].iloc[row]].iloc[row] / factor[kind[row]]
        assert float(found["fix_value"].iloc[row]) == pytest.approx(true, rel=2e-3)


def test_every_flagged_leg_has_a_kind_a_sentence_and_kilograms_at_stake(scored):
    legs, _, found = scored
    flagged = found[found["is_anomaly"]]
    assert set(flagged["kind"]) <= set(KINDS)
    assert flagged["reason"].str.len().between(20, 260).all()
    assert not flagged["reason"].str.contains(r"\bnan\b|None|\binf\b", regex=True).any()
    assert (flagged["at_stake_kg"] >= 0).all()
    copies = flagged["kind"] == "duplicate"
    assert np.allclose(flagged["at_stake_kg"][copies], legs["wtw_kg"].loc[flagged.index[copies]])
    plain = found[~found["is_anomaly"]]
    assert plain[["kind", "reason", "column", "fix_column", "fix_value", "expected"]].isna().all(axis=None)


def test_a_lower_rate_flags_a_subset(scored):
    legs, _, usual = scored
    strict = score(legs, false_discovery_rate=0.005, second_opinion=False)
    loose = score(legs, false_discovery_rate=0.3, second_opinion=False)
    assert not (strict["is_anomaly"] & ~usual["is_anomaly"]).any()
    assert not (usual["is_anomaly"] & ~loose["is_anomaly"]).any()
    assert strict["is_anomaly"].sum() < loose["is_anomaly"].sum()


def test_the_order_of_rows_and_the_index_mean_nothing():
    legs, _ = demo(3_000, seed=4)
    shuffled = legs.sample(frac=1, random_state=1)
    one, two = score(legs), score(shuffled)
    assert two.index.equals(shuffled.index)
    two = two.loc[one.index]
    pd.testing.assert_series_equal(one["score"], two["score"], rtol=1e-9)
    for column in ("is_anomaly", "kind", "fix_value", "second_opinion"):
        assert one[column].equals(two[column]), column


def test_new_legs_are_judged_by_history():
    legs, kind = demo(6_000, seed=5)
    legs, kind = legs.sort_values("departed_at"), kind[legs["departed_at"].argsort()]
    new = legs.tail(400)
    found = score(new, history=legs.iloc[:-400], second_opinion=False)
    wrong = (kind != None)[-400:]  # noqa: E711
    assert found.index.equals(new.index)
    assert found["is_anomaly"][wrong].mean() >= 0.7
    assert found["is_anomaly"][~wrong].mean() < 0.01


def test_the_second_opinion_agrees_on_gross_errors(scored):
    legs, _, _ = scored
    found = score(legs)
    opinion = found.loc[found["is_anomaly"], "second_opinion"]
    assert opinion.between(0, 1).all()
    assert opinion.median() > 0.8  # odder than four in five legs
    assert found.loc[~found["is_anomaly"], "second_opinion"].isna().all()
