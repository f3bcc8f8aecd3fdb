"""The scorecard's content: the same figures and words as the page, also where something is not known."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime

import pandas as pd
import pypdf
import pytest

from analytics import OverviewAnalytics
from analytics.gaps import GapAnalytics
from analytics.recommendations import Recommendation
from analytics.suppliers import Part, SupplierScore
from data_access import Filters, Scope
from reporting.suppliers import scorecard_pdf
from tests.legs import put
from ui import formats
from ui.supplier_document import Material, scorecard, selection
from ui.supplier_profile_words import against_peers

SCORE = SupplierScore(
    supplier_id="Acme", name="Acme", sustainability_score=41.4, score_low=35.6, score_high=47.2,
    rank=38, rank_low=29, rank_high=46, suppliers=60, n=2_950, compared_share=0.96, observed_kg=5_400_000.0,
    expected_kg=4_800_000.0, ratio_raw=1.125, ratio=1.12, ratio_low=1.05, ratio_high=1.2,
    parts=(
        Part("efficiency", 38.0, 33.0, 44.0, 0.6, -7.2, 1.12, True, "1.12 × from 2,950 legs."),
        Part("trend", 50.0, 50.0, 50.0, 0.0, 0.0, None, False, "No legs a year ago."),
    ),
)  # fmt: skip
ADVICE = Recommendation(
    kind="shift_mode", supplier_id="Acme", title="Move Ulm, DE → Lyon, FR from air to rail",
    lanes=("Ulm, DE → Lyon, FR",), shipments=12, days=365.0, now_kg=2_000.0, saved_kg=1_200.0,
    saved_low_kg=900.0, saved_high_kg=1_600.0, saved_share=0.22, in_doubt_kg=0.0, extra_days=2.0,
    extra_cost=-3_200.0, currency="EUR", evidence="3 peers ship it by rail.",
)  # fmt: skip
TREND = pd.DataFrame(
    {
        "period": [date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)],
        "legs": [10, 0, 12],
        "observed_kg": [120.0, float("nan"), 100.0],
        "expected_kg": [100.0, float("nan"), 100.0],
        "ratio": [1.2, float("nan"), 1.0],
        "ratio_low": [1.1, float("nan"), 0.9],
        "ratio_high": [1.3, float("nan"), 1.1],
    }
)


@pytest.fixture
def material(duckdb_store):
    put(duckdb_store, {"vehicle_class": None}, {"mode": "air", "vehicle_class": None, "distance_km": 6_000.0})
    own = Filters(start=date(2025, 1, 1), end=date(2026, 1, 1), suppliers=("Acme",))
    overview, scope = OverviewAnalytics(duckdb_store), Scope.all()
    return Material(
        supplier_id="Acme",
        name="Acme *Ltd*",
        facts="Acme · tier 1",
        own=own,
        score=SCORE,
        reason="",
        totals=overview.totals(own, scope),
        by_mode=overview.by_mode(own, scope),
        trend=TREND,
        advice=(ADVICE,),
        gaps=GapAnalytics(duckdb_store).gaps(own, scope, supplier_id="Acme"),
        derivation=overview.derivation(own, scope),
        generated_at=datetime(2026, 11, 21, 13, 10, tzinfo=UTC),
        version=7,
    )


def text_of(material: Material) -> str:
    pages = pypdf.PdfReader(io.BytesIO(scorecard_pdf(scorecard(material)))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_the_document_carries_the_figures_of_the_page(material):
    text = text_of(material)
    said = (
        "Acme *Ltd*", "1 Jan 2025 – 31 Dec 2025", "38 of 60", "95 % interval 29–46", "38 (33–44)", "−7.2",
        against_peers(SCORE), "No legs a year ago.", "Jan 2025",
        "5.4 kt CO2e observed, 4.8 kt CO2e expected", formats.emissions(material.by_mode["wtw_kg"].iloc[0]),
        "12 shipments", "Ulm, DE → Lyon, FR", "2 days longer", "EUR 3.2 k less a year", "not certified",
        "Vehicle class missing or unknown", "aligned with ISO 14083", "Open Government",
        "21 Nov 2026, 13:10 UTC", "data version 7",
    )  # fmt: skip
    assert [one for one in said if one not in text] == []
    assert formats.mass(material.totals.wtw_kg) in text


def test_what_is_not_known_is_never_nan_or_none(material):
    text = text_of(material)
    assert "nan" not in text.lower().split()
    assert "None" not in text
    assert [point.ratio for point in scorecard(material).trend] == [1.2, None, 1.0]


def test_without_peers_the_reason_stands_in_place_of_the_score(material):
    reason = "Fewer than 2 suppliers have legs that can be compared."
    card = scorecard(replace(material, score=None, reason=reason, trend=None, advice=()))
    assert (card.finding, card.ratio, card.parts, card.trend) == (reason, None, (), ())
    assert reason in text_of(replace(material, score=None, reason=reason, trend=None, advice=()))
    assert card.figures[0].label == "Emissions WTW, CO2e"


def test_the_selection_is_told_in_words():
    assert selection(Filters()) == "all modes, countries and products"
    narrowed = Filters(modes=("air", "sea"), origin_countries=("DE",), lanes=("A → B",), suppliers=("x",))
    assert selection(narrowed) == "modes: Air, Sea · from: Germany (DE) · lanes: A → B"
    many = Filters(product_groups=tuple("abcdefg"))
    assert selection(many) == "products: a, b, c, d, e and 2 more"
