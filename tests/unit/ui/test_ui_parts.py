"""Registry, cache keys, KPI cards, derivations and tables: what they say for given results."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from access import Permission
from analytics.overview import Summary, Totals
from data_access import Filters, Scope
from ui import cache, derivation, flagged_line, import_template, kpis, registry, tables
from ui.cache import answer_key
from ui.overview_table import TABLES

NOW = Totals(
    legs=24_311,
    shipments=18_230,
    tonne_km=126e6,
    ttw_kg=10.0e6,
    wtt_kg=2.4e6,
    wtw_kg=12.4e6,
    low_kg=10.8e6,
    high_kg=14.1e6,
    intensity_g_per_tkm=98.4,
    costs=(("USD", 1.24e6),),
    costed_share=0.62,
    primary_share=0.12,
    modelled_share=0.46,
    default_share=0.42,
    flagged_legs=3,
    flagged_kg=1e6,
    flagged_share=0.08,
)
BEFORE = replace(NOW, wtw_kg=12.0e6, primary_share=0.10, intensity_g_per_tkm=100.0)
NOTHING = replace(
    NOW, legs=0, shipments=0, tonne_km=0.0, wtw_kg=0.0, low_kg=0.0, high_kg=0.0, intensity_g_per_tkm=None,
    costs=(), costed_share=0.0, primary_share=None, modelled_share=None, default_share=None,
)  # fmt: skip


def card(figure: str, now: Totals = NOW, before: Totals | None = BEFORE) -> kpis.Kpi:
    return next(one for one in kpis.headline(Summary(now, before)) if one.figure == figure)


def test_every_page_of_the_registry_has_a_file_and_its_own_address():
    assert all(Path(entry.file).is_file() for entry in registry.PAGES)
    assert len({entry.url_path for entry in registry.PAGES}) == len(registry.PAGES)
    assert sum(entry.default for entry in registry.PAGES) == 1


def test_every_page_begins_with_its_guard():
    for entry in registry.PAGES:
        assert f'shell.guard("{entry.url_path}")' in Path(entry.file).read_text(encoding="utf-8")


def test_pages_without_permission_are_not_listed():
    sections = registry.sections_for(
        lambda permission: permission == Permission.VIEW, lambda entry: entry.title
    )
    assert sections == {
        "Monitor": ["Overview", "Live", "Anomalies"],
        "Analyse": ["Suppliers", "Lanes", "Trends", "Drivers"],
        "Plan": ["Forecast", "Scenarios"],
    }


def test_unregistered_page_is_refused():
    with pytest.raises(LookupError, match="registry"):
        registry.page_named("admin")


def test_answer_of_one_scope_is_never_that_of_another():
    def key(scope: Scope, version: int = 1, filters: Filters | None = None) -> str:
        return answer_key(print, ("a.duckdb", version), scope, (filters or Filters(),), {})

    keys = {
        key(Scope.all()),
        key(Scope.suppliers(())),
        key(Scope.suppliers({"A"})),
        key(Scope.suppliers({"A", "B"})),
        key(Scope.all(), version=2),
        key(Scope.all(), filters=Filters(modes=("air",))),
    }
    assert len(keys) == 6
    assert key(Scope.suppliers(["B", "A"])) == key(Scope.suppliers(["A", "B"]))


def test_rise_of_emissions_reads_as_bad_and_of_primary_data_as_good():
    emissions, primary = card("emissions"), card("primary")
    assert (emissions.change[1], emissions.sense) == ("+3.3 %", "inverse")
    assert (primary.change[1], primary.sense) == ("+2.0 pp", "normal")
    assert kpis.colour("inverse", rises=True) == "red"
    assert kpis.colour("normal", rises=True) == "green"
    assert kpis.colour("off", rises=True) == "off"


def test_emissions_carry_their_range():
    assert card("emissions").value == "12.4 kt"
    assert card("emissions").note == "95 % range 10.8–14.1 kt"


def test_cost_says_for_how_much_it_is_known():
    assert (card("cost").value, card("cost").note) == ("USD 1.2 M", "Known for 62 % of legs")


def test_other_currencies_stand_beside_the_largest_and_are_not_added():
    several = replace(NOW, costs=(("EUR", 13.2e6), ("USD", 0.4e6), ("CNY", 3.0e6)))
    found = card("cost", several)
    assert (found.value, found.more) == ("EUR 13.2 M", "+ CNY 3 M + USD 400 k")
    assert card("cost").more == ""


def test_line_says_which_share_rests_on_flagged_legs():
    # 1.0 of 12.4 kt is 8.06 %
    assert flagged_line.words(NOW, NOW, only=False).startswith(
        "8.1 % of these emissions rest on 3 flagged legs"
    )
    only = replace(NOW, wtw_kg=1e6)
    assert "8.1 % of the emissions of this selection" in flagged_line.words(only, NOW, only=True)


def test_credits_name_each_factor_set_once_with_its_licence():
    used = pd.DataFrame(
        {
            "factor_set": ["DESNZ 2025", "DESNZ 2025", None],
            "source": ["UK Government", "UK Government", None],
            "licence": ["Open Government Licence v3.0"] * 2 + [None],
        }
    )
    assert derivation.credits_of(used) == (
        "Factors: DESNZ 2025, UK Government (Open Government Licence v3.0). Places © GeoNames, CC BY 4.0."
    )
    assert derivation.credits_of(used.tail(1)) == "Places © GeoNames, CC BY 4.0."


def test_figure_is_drawn_once_for_each_answer():
    drawn = []

    def draw(frame: pd.DataFrame, grain: str) -> int:
        drawn.append(grain)
        return len(drawn)

    store = SimpleNamespace(where="figures.duckdb")
    for version, scope, grain in [
        (1, Scope.all(), "week"), (1, Scope.all(), "week"), (2, Scope.all(), "week"), (1, Scope.all(), "day"),
        (1, Scope.suppliers({"A"}), "week"),
    ]:  # fmt: skip
        cache.drawing(draw, pd.DataFrame(), store, version, scope, Filters(), grain=grain)
    assert drawn == ["week", "week", "day", "week"]


def test_reason_that_is_too_long_for_a_line_gets_two():
    short, long = (pd.DataFrame({"reason": ["x" * size]}) for size in (20, 200))
    assert tables._row_height(short) is None
    assert tables._row_height(long) > 35
    assert tables._row_height(pd.DataFrame({"mode": ["x" * 200]})) is None


@pytest.mark.parametrize("before", [None, NOTHING])
def test_no_change_is_claimed_without_a_previous_period(before):
    assert all(one.change is None for one in kpis.headline(Summary(NOW, before)))


def test_empty_selection_shows_dashes_and_zeros_only():
    values = {one.figure: one.value for one in kpis.headline(Summary(NOTHING, NOTHING))}
    assert values["emissions"] == "0 kg"
    assert values["intensity"] == values["cost"] == values["primary"] == "–"


@pytest.mark.parametrize("figure", derivation.FIGURES)
@pytest.mark.parametrize("totals", [NOW, NOTHING])
def test_every_figure_has_a_formula_without_holes(figure, totals):
    text = derivation.formula(figure, totals)
    assert " = " in text
    assert not any(bad in text for bad in ("None", "nan", "inf"))


def test_emissions_are_derived_from_mass_distance_and_factor():
    text = derivation.formula("emissions", NOW)
    assert text.startswith("12.4 kt CO2e = Σ over 24,311 legs of mass × distance × factor")
    assert "10.0 kt tank-to-wheel + 2.4 kt well-to-tank" in text


def test_every_card_can_be_derived():
    assert [one.figure for one in kpis.headline(Summary(NOW, None))] == list(derivation.FIGURES)


@pytest.mark.parametrize("name", TABLES)
def test_every_column_of_the_tables_has_a_title(name):
    assert list(tables.column_config(TABLES[name])) == TABLES[name]


def test_template_can_be_imported_as_it_stands(tmp_path):
    from data_access import Store
    from ingestion import import_file

    file = tmp_path / "template.csv"
    file.write_bytes(import_template.template_csv())
    with Store.open(f"duckdb:///{tmp_path / 'w.duckdb'}") as store:
        result = import_file(store, file)
    assert (result.rows_read, result.rows_accepted, result.rejected.to_dict("records")) == (2, 2, [])


def test_long_tables_scroll():
    assert tables.height_of(pd.DataFrame({"a": range(3)})) == "auto"
    assert tables.height_of(pd.DataFrame({"a": range(30)})) == 372
