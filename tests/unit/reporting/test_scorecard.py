"""The scorecard as PDF: what it says, that it is accessible, and that no text can break it."""

from __future__ import annotations

import io
from dataclasses import replace

import pypdf
import pytest

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
from reporting.typesetting import png

CARD = Scorecard(
    supplier="Alpha Freight",
    facts="SUP-1 · Germany (DE) · tier 1",
    period="1 Jan 2025 – 31 Dec 2025",
    filters="modes: Air, Sea",
    finding="Emits 1.12 × what peers do for the same jobs: clearly more",
    figures=(Figure("Score of 100", "41", "95 % interval 36–47"), Figure("Rank", "38 of 60")),
    ratio=1.12,
    ratio_low=1.05,
    ratio_high=1.2,
    ratio_text="5.4 kt CO2e observed, 4.8 kt CO2e expected.",
    parts=(
        PartLine("Efficiency", 38.0, 33.0, 44.0, "38 (33–44)", "40 %", "−4.8", "from 2,950 legs"),
        PartLine("Trend", None, None, None, "not known", "0 %", "–", "no legs a year ago"),
    ),
    modes=(ModeLine("Air", "#da3a5a", 0.91, "4.9 kt CO2e", "91 %", "671 g CO2e/tkm"),),
    trend=(
        TrendPoint("Jan 2025", 1.3, 1.1, 1.5),
        TrendPoint("Feb 2025", None, None, None),
        TrendPoint("Mar 2025", 1.1, 1.0, 1.2),
    ),
    trend_text="From 1.30 × to 1.10 ×",
    advice=(
        AdviceLine("Move Ulm, DE → Lyon, FR from air to rail", "Saves 1.2 kt", "2 days longer", "12 legs"),
    ),
    advice_text="Together 1.2 kt",
    gaps=(GapLine("Vehicle class missing or unknown", "3,151", "5.4 kt", "100 %", "2.3 kt"),),
    gaps_text="In doubt is …",
    method=("Aligned with ISO 14083 and the GLEC Framework; not certified.",),
    generated_at="21 Nov 2026, 13:10 UTC",
    data_version="42",
)
NO_PEERS = replace(
    CARD, ratio=None, ratio_low=None, ratio_high=None, ratio_text="There are no peers.", parts=(), trend=(),
    modes=(), advice=(), gaps=(), figures=(),
)  # fmt: skip


def opened(card: Scorecard) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(scorecard_pdf(card)))


def text_of(reader: pypdf.PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def is_accessible(reader: pypdf.PdfReader) -> bool:
    return "pdfuaid" in reader.trailer["/Root"]["/Metadata"].get_data().decode()


def alternatives(reader: pypdf.PdfReader) -> list[str]:
    found = []

    def walk(node) -> None:
        node = node.get_object()
        if isinstance(node, list):
            for kid in node:
                walk(kid)
        elif isinstance(node, dict):
            if "/Alt" in node:
                found.append(str(node["/Alt"]))
            if "/K" in node:
                walk(node["/K"])

    walk(reader.trailer["/Root"]["/StructTreeRoot"]["/K"])
    return found


def test_the_document_says_all_that_it_was_given():
    text = text_of(opened(CARD))
    said = (
        "Alpha Freight", "SUP-1 · Germany (DE) · tier 1", "1 Jan 2025 – 31 Dec 2025", "modes: Air, Sea",
        "clearly more", "95 % interval 36–47", "38 of 60", "38 (33–44)", "−4.8", "not known",
        "no legs a year ago", "4.9 kt CO2e", "671 g CO2e/tkm", "From 1.30 × to 1.10 ×", "Ulm, DE → Lyon, FR",
        "2 days longer", "Vehicle class missing or unknown", "2.3 kt", "not certified",
        "21 Nov 2026, 13:10 UTC", "data version 42", "Page 1 of",
    )  # fmt: skip
    assert [one for one in said if one not in text] == []


def test_the_document_is_accessible_with_title_language_and_alternative_texts():
    reader = opened(CARD)
    root = reader.trailer["/Root"]
    assert is_accessible(reader)
    assert reader.metadata.title == "Supplier scorecard: Alpha Freight"
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    alts = alternatives(reader)
    assert any("5.4 kt CO2e observed" in alt for alt in alts)
    assert "Efficiency: 38 (33–44) points of 100" in alts
    assert "Air: 91\u00a0% of the emissions" in alts
    assert any(alt.startswith("Ratio to peers by month") for alt in alts)


def test_it_fits_on_two_sheets_of_a4():
    reader = opened(CARD)
    assert len(reader.pages) <= 2
    assert [round(float(side) / 72 * 25.4) for side in reader.pages[0].mediabox[2:]] == [210, 297]


def test_without_peers_it_says_why_and_draws_nothing():
    text = text_of(opened(NO_PEERS))
    assert "There are no peers." in text
    assert "What the score is made of" not in text


@pytest.mark.parametrize(
    "name",
    [
        '#panic("x") *bold* $x$ [link](http://x) <tag> \\ " \' ` @ref',
        "=HYPERLINK(1)",
        "x" * 400,
        "A\x00B\x1bC",
    ],
)
def test_a_name_is_text_whatever_it_holds(name):
    reader = opened(replace(CARD, supplier=name, facts=name, filters=name))
    assert is_accessible(reader)
    if name.startswith("#"):
        assert '#panic("x") *bold* $x$' in text_of(reader)


@pytest.mark.parametrize(
    "name", ["Łódź Gdańsk Šiauliai", "", "上海运输有限公司", "شركة النقل", "\U0001f69a \ue000\U0010ffff"]
)
def test_a_character_that_the_fonts_lack_never_stops_the_document(name):
    assert opened(replace(CARD, supplier=name)).pages


@pytest.mark.parametrize("ratio", [0.0, 0.001, 40.0, float("nan"), float("inf")])
def test_extreme_ratios_stay_on_the_sheet(ratio):
    card = replace(
        CARD,
        ratio=ratio,
        ratio_low=ratio,
        ratio_high=ratio,
        trend=(TrendPoint("Jan", ratio, ratio, ratio),) * 2,
    )
    assert opened(card).pages


def test_a_long_list_runs_over_more_sheets():
    reader = opened(replace(CARD, advice=CARD.advice * 60, trend=CARD.trend * 40))
    assert len(reader.pages) > 2
    assert f"Page {len(reader.pages)} of {len(reader.pages)}" in text_of(reader)


def test_pages_can_be_looked_at():
    from dataclasses import asdict

    pages = png("scorecard.typ", asdict(CARD), ppi=40)
    assert all(page.startswith(b"\x89PNG") for page in pages)
