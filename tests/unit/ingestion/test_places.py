"""Places in uploads: what is found, and what must stay open rather than be guessed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.distances import great_circle_km
from ingestion.places import Places, fold

# Degrees as atlases give them, to a tenth.
HYDERABAD, VIENNA, ROTTERDAM = (17.4, 78.5), (48.2, 16.4), (51.9, 4.5)


def misread(text):
    """UTF-8 read as Windows-1252."""
    return text.encode("utf-8").decode("cp1252")


def find(text, country=None, aliases=None):
    hints = None if country is None else pd.Series([country])
    return Places(aliases or {}).resolve(pd.Series([text], dtype=object), hints).iloc[0]


def km_from(found, place):
    return great_circle_km(found["lat"], found["lon"], *place).item()


@pytest.mark.parametrize(
    ("text", "lat", "lon"),
    [
        ("48.2, 16.4", 48.2, 16.4),
        ("48.2;16.4", 48.2, 16.4),
        ("48,2; 16,4", 48.2, 16.4),
        ("33.9S, 18.4E", -33.9, 18.4),
        ("-33.9 18.4", -33.9, 18.4),
    ],
)
def test_coordinates_are_taken_as_they_are(text, lat, lon):
    found = find(text)
    assert (found["lat"], found["lon"], found["precision"]) == (lat, lon, "coordinates")


def test_coordinates_lie_in_the_country_of_the_nearest_city():
    assert find("48.2, 16.4")["country"] == "AT"
    assert find("0.5, -150.5")["country"] is None or pd.isna(find("0.5, -150.5")["country"])  # the Pacific


@pytest.mark.parametrize("text", ["0,0", "0.0, 0.0", "91.0, 5.0", "12, 34", "48.2, 190.0"])
def test_placeholders_and_impossible_coordinates_stay_open(text):
    assert pd.isna(find(text)["precision"])


@pytest.mark.parametrize(
    ("text", "country", "precision", "near"),
    [
        ("NLRTM", "NL", "locode", ROTTERDAM),
        ("NL RTM", "NL", "locode", ROTTERDAM),
        ("VIE", "AT", "iata", VIENNA),
        ("Nhava Sheva, India", "IN", "locode", (18.95, 72.95)),
    ],
)
def test_codes_and_ports(text, country, precision, near):
    found = find(text)
    assert (found["country"], found["precision"]) == (country, precision)
    assert km_from(found, near) < 25


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Hyderabad, India", "Hyderabad, IN"),
        ("Hyderabad, IN", "Hyderabad, IN"),
        ("hyderabad, ind", "Hyderabad, IN"),
        ("HYDERABAD,  INDIA", "Hyderabad, IN"),
        ("Hyderabad, Pakistan", "Hyderabad, PK"),
        ("Bombay, India", "Mumbai, IN"),
        ("Koln DE", "Köln, DE"),
        (misread("Malmö, Sweden"), "Malmö, SE"),
        ("68159 Mannheim, Germany", "Mannheim, DE"),
        ("Sydney NSW 2000, Australia", "Sydney, AU"),
        ("Columbus, OH, USA", "Columbus, US"),
        ("Atlanta, Georgia", "Atlanta, US"),
        ("Tbilisi, Georgia", "Tbilisi, GE"),
        ("Dallas, TX 75201", "Dallas, US"),
        ("Montréal, QC", "Montréal, CA"),
        ("New York", "New York City, US"),
    ],
)
def test_city_with_its_country_or_state(text, place):
    found = find(text)
    assert (found["place"], found["precision"]) == (place, "city")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Hetero Unit III Hyderabad IN", "Hyderabad, IN"),
        ("MSD, Haarlem, NL", "Haarlem, NL"),
        ("ABBVIE Ludwigshafen Germany", "Ludwigshafen am Rhein, DE"),
        (misread("Weifa A.S., Hausmanngt. 6, P.O. Box 9113 Grønland, 0133, Oslo, Norway"), "Oslo, NO"),
        ("GSK Mississauga (Canada)", "Mississauga, CA"),
        ("BMS Evansville, US", "Evansville, US"),
        ("Strides, Bangalore, India.", "Bengaluru, IN"),
        ("Gilead(Nycomed) Oranienburg DE", "Oranienburg, DE"),
        ("Janssen-Cilag, Latina, IT", "Latina, IT"),
        ("Emcure Plot No.P-2, I.T-B.T. Park, Phase II, MIDC, Hinjwadi, Pune, India", "Pune, IN"),
        ("MSD Manati, Puerto Rico, (USA)", "Manatí, PR"),
        ("Aspen-OSD, Port Elizabeth, SA", "Gqeberha, ZA"),  # South Africa; the city's name since 2021
        ("Riyadh, SA", "Riyadh, SA"),
    ],
)
def test_city_inside_a_manufacturers_name(text, place):
    assert find(text)["place"] == place


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Aurobindo Unit III, India", "IN"),
        ("Aurobindo Unit VII, IN", "IN"),
        ("Inverness Japan", "JP"),  # a company, not the town in Scotland
        ("Inverness USA", "US"),  # three towns of that name
        ("Standard Diagnostics, Korea", "KR"),
        ("Cipla, Goa, India", "IN"),  # a state
        ("MSD Elkton USA", "US"),  # Virginia or Maryland?
        ("Novartis Pharma AG, Switzerland", "CH"),
        ("Boston Scientific, Ireland", "IE"),
        ("Phoenix Electronics, USA", "US"),
        ("Congo, DRC", "CD"),
        ("Côte d'Ivoire", "CI"),
        (misread("Côte d\u2019Ivoire"), "CI"),
        ("Swaziland", "SZ"),
        ("South Sudan", "SS"),
        ("Papua New Guinea", "PG"),
        ("UK", "GB"),
        ("USA", "US"),
        ("IN", "IN"),
    ],
)
def test_country_when_the_city_is_missing_or_not_clear(text, country):
    found = find(text)
    assert (found["country"], found["precision"]) == (country, "country")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Mylan (formerly Matrix) Nashik", "Nashik, IN"),
        ("Roche Basel", "Basel, CH"),
        ("Rotterdam", "Rotterdam, NL"),
        ("London", "London, GB"),
    ],
)
def test_a_large_city_needs_no_country(text, place):
    assert find(text)["place"] == place


@pytest.mark.parametrize(
    "text",
    [
        "Alere Medical Co., Ltd.",
        "Trinity Biotech, Plc",
        "Not Applicable",
        "INVERNESS ANY",
        "Inverness",
        "ANY",
        "Bio-Rad Laboratories",
        "Access BIO, L.C.",
        "Chembio Diagnostics Sys. Inc.",
        "Acme SA",
        "Acme CO",
        "Acme, CO",
        "Müller GmbH & Co. KG",
        "McDonald's, MO",
        "Hyderabad",  # India or Pakistan
        "Birmingham",
        "Cambridge",
        "Congo",  # there are two
        "SA",
        "Reading",
        "Made in",
        "contact us",
        "N/A",
        "-",
        "",
        "   ",
        None,
        float("nan"),
        12,
    ],
)
def test_what_names_no_clear_place_stays_open(text):
    found = find(text)
    assert found.isna().all()


def test_an_airport_code_is_a_country_in_a_column_of_country_codes():
    alone = Places().resolve(pd.Series(["FRA"]))
    among_countries = Places().resolve(pd.Series(["FRA", "ZAF"]))  # ZAF is no airport
    assert (alone["country"].item(), alone["precision"].item()) == ("DE", "iata")
    assert among_countries["country"].tolist() == ["FR", "ZA"]


def test_the_users_alias_wins_over_everything():
    aliases = {"  Alere Medical CO., Ltd.": "Matsudo, JP", "NLRTM": "Vienna, AT", "HQ": "42.38, -71.24"}
    assert find("alere medical co., ltd.", aliases=aliases)["place"] == "Matsudo, JP"
    assert find("NLRTM", aliases=aliases)["place"] == "Vienna, AT"
    assert find("HQ", country="DE", aliases=aliases)["precision"] == "coordinates"


def test_a_known_country_decides():
    assert find("Hyderabad", country="PK")["place"] == "Hyderabad, PK"
    assert find("Vienna, US", country="Austria")["place"] == "Vienna, AT"
    assert find("FRA", country="DE")["precision"] == "iata"
    assert find("Not Applicable", country="KEN")["place"] == "Kenya"
    assert find(None, country="Côte d'Ivoire")["country"] == "CI"


def test_the_index_is_kept_even_with_repeated_labels():
    found = Places().resolve(pd.Series(["Basel, CH", None, "Basel, CH"], index=[5, 5, 1]))
    assert found.index.tolist() == [5, 5, 1]
    assert found["place"].tolist()[0] == found["place"].tolist()[2] == "Basel, CH"


def test_no_texts_give_an_empty_frame():
    found = Places().resolve(pd.Series([], dtype=object))
    assert list(found) == ["place", "country", "lat", "lon", "precision"]
    assert found.empty


def test_folding_ignores_case_accents_punctuation_and_encoding():
    assert (
        fold("  Côte d'Ivoire ")
        == fold("COTE D\u2019IVOIRE")
        == fold(misread("Côte d'Ivoire"))
        == "cote d ivoire"
    )


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text_resolves_or_stays_open(text):
    found = find(text)
    assert pd.isna(found["precision"]) == np.isnan(found["lat"]) == np.isnan(found["lon"])


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(["Pune, India", "Oslo, Norway", "Vienna, AT", "Kobe, Japan"]), st.integers(0, 3))
def test_case_and_white_space_do_not_matter(text, spaces):
    written = (" " * spaces + text.upper() + " " * spaces).replace(" ", "  ")
    assert find(written)["place"] == find(text)["place"]
