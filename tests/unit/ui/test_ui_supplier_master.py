"""Supplier data and notes on screen: what is saved, what is said, who may."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

import access
from access import User, audit, supplier_notes
from data_access import Scope
from data_access.schema import suppliers
from ingestion.supplier_data import Change, Preview, Problem
from tests.unit.ui.test_ui_pages import ANALYST, SUPPLIER, VIEWER, shipments, warehouse, words
from ui import supplier_master, supplier_master_words
from ui.supplier_master_import import changes_frame, problems_frame

__all__ = ["shipments", "warehouse"]  # fixtures

MANAGER = User("u9", "max@example.com", "Max", "manager")


def visit(store, user):
    return SimpleNamespace(
        store=store,
        user=user,
        version=store.version,
        scope=access.scope_of(user) if user else Scope.all(),
        may=lambda permission: access.may(user, permission),
    )


def opened(monkeypatch, script, **given) -> AppTest:
    """Run a part of the page for the user of its visit."""
    monkeypatch.setattr(access, "user_of", lambda _token: given["visit"].user)
    return AppTest.from_function(script, default_timeout=60, kwargs=given).run()


def master(visit):
    from ui import supplier_master

    visit.version = visit.store.version
    supplier_master.show(visit)


def notes(visit, supplier_id):
    from ui import supplier_notes

    supplier_notes.show(visit, supplier_id)


def row(store, supplier_id: str) -> dict[str, object]:
    return {one["supplier_id"]: one for one in store.arrow(select(suppliers)).to_pylist()}[supplier_id]


def field(page: AppTest, label: str):
    every = (*page.text_input, *page.number_input, *page.selectbox)
    return next(one for one in every if one.label == label)


def test_the_form_saves_what_was_changed_and_says_it(shipments, monkeypatch):
    page = opened(monkeypatch, master, visit=visit(shipments, MANAGER))
    assert not page.exception
    field(page, "Supplier to change").set_value("ACME").run()
    field(page, "Country").set_value("DE")
    field(page, "Tier").set_value(2)
    field(page, "Own target, reduction in %").set_value(30.0)
    page.button(key="supplier-save").click().run()
    assert not page.exception
    stored = row(shipments, "ACME")
    assert (stored["country"], stored["tier"], stored["target_pct"]) == ("DE", 2, 30.0)
    (said,) = [one.value.replace("\\", "") for one in page.success]
    assert said == (
        "Changed 3 values of ACME: country – → Germany (DE); tier – → 2; own target, reduction in % – → 30 %."
    )
    assert audit.entries(access.database())["action"].tolist() == ["changed_supplier"]


def test_an_emptied_field_takes_the_value_away(shipments, monkeypatch):
    page = opened(monkeypatch, master, visit=visit(shipments, ANALYST))
    field(page, "Supplier to change").set_value("ACME").run()
    field(page, "Sector").set_value("Steel")
    page.button(key="supplier-save").click().run()
    assert row(shipments, "ACME")["sector"] == "Steel"
    field(page, "Sector").set_value("")
    page.button(key="supplier-save").click().run()
    assert row(shipments, "ACME")["sector"] is None


def test_years_that_do_not_fit_are_refused_in_one_sentence(shipments, monkeypatch):
    page = opened(monkeypatch, master, visit=visit(shipments, ANALYST))
    field(page, "Supplier to change").set_value("ACME").run()
    field(page, "Target's base year").set_value(2030)
    field(page, "Target year").set_value(2025)
    page.button(key="supplier-save").click().run()
    assert "The base year 2030 is not before the target year 2025" in words(page)
    assert row(shipments, "ACME")["target_year"] is None


def test_saving_nothing_changes_nothing(shipments, monkeypatch):
    page = opened(monkeypatch, master, visit=visit(shipments, ANALYST))
    before = shipments.version
    page.button(key="supplier-save").click().run()
    assert "Nothing to save" in words(page)
    assert shipments.version == before


def test_who_may_not_edit_is_told_whom_to_ask(shipments, monkeypatch):
    page = opened(monkeypatch, master, visit=visit(shipments, VIEWER))
    assert "ask one of them" in words(page)
    assert not page.button and not page.text_input


def test_only_changed_fields_are_saved_so_that_nobody_else_is_overwritten():
    shown = {"name": "Acme", "country": None, "tier": 1, "sector": "Steel", "target_pct": 0.0}
    given = {"name": "Acme", "country": "DE", "tier": None, "sector": "Steel", "target_pct": 0.0}
    assert supplier_master.different(shown, given) == {"country": "DE", "tier": None}
    assert supplier_master.different({"target_pct": None}, {"target_pct": 0.0}) == {"target_pct": 0.0}


def test_every_country_of_the_form_can_be_stored():
    from ingestion.supplier_data.values import read_value

    codes = supplier_master.country_codes()
    assert len(codes) > 200
    assert [code for code in codes if read_value("country", code) != code] == []


PREVIEW = Preview(
    "s.csv",
    (Change("S1", "Acme", "country", "DE", "FR"), Change("S2", "Other", "target_pct", None, 30.0)),
    (Problem(4, "tier", "12", "“12” cannot be a tier."), Problem(4, "country", "XX", "No country.")),
    unchanged=1,
    rows=4,
)


def test_a_file_is_announced_before_it_changes_anything():
    assert supplier_master_words.previewed(PREVIEW) == (
        "s.csv changes 2 values of 2 suppliers. 1 row says what stands there already. 1 row cannot be used."
    )
    again = Preview("s.csv", (), (), unchanged=3, rows=3)
    assert supplier_master_words.previewed(again) == (
        "s.csv changes nothing. 3 rows say what stands there already."
    )


def test_changes_are_shown_as_old_and_new():
    rows = changes_frame(PREVIEW)[["name", "attribute", "old", "new"]].values.tolist()
    assert rows == [
        ["Acme", "Country", "Germany (DE)", "France (FR)"],
        ["Other", "Own target, reduction in %", "–", "30 %"],
    ]
    assert problems_frame(PREVIEW)["row_number"].tolist() == [4, 4]


def test_an_import_that_changed_nothing_says_so():
    assert supplier_master_words.changed(()) == "Nothing was changed: all of it stands there already."


def test_a_note_is_written_shown_and_removed(shipments, monkeypatch):
    page = opened(monkeypatch, notes, visit=visit(shipments, MANAGER), supplier_id="ACME")
    page.text_area[0].set_value("Promised *primary* data by May").run()
    page.button(key="supplier-note-add").click().run()
    assert not page.exception
    (note,) = supplier_notes.list_for(access.database(), "ACME")
    assert (note.text, note.written_by) == ("Promised *primary* data by May", "max@example.com")
    assert any("Promised \\*primary\\* data" in one.value for one in page.markdown)
    assert page.text_area[0].value == ""
    page.button(key=f"note-remove-{note.note_id}").click().run()
    assert supplier_notes.list_for(access.database(), "ACME") == ()
    assert "No notes yet" in " ".join(one.value for one in page.header)


def test_an_empty_note_is_refused(shipments, monkeypatch):
    page = opened(monkeypatch, notes, visit=visit(shipments, MANAGER), supplier_id="ACME")
    page.button(key="supplier-note-add").click().run()
    assert "The note is empty" in words(page)


@pytest.mark.parametrize(("user", "reads"), [(VIEWER, True), (SUPPLIER, False)])
def test_a_viewer_reads_notes_and_the_supplier_does_not(shipments, monkeypatch, user, reads):
    supplier_notes.add(access.database(), MANAGER, "ACME", "Slow to answer")
    page = opened(monkeypatch, notes, visit=visit(shipments, user), supplier_id="ACME")
    assert ("Slow to answer" in words(page)) is reads
    assert not page.text_area and not page.button


def test_suppliers_without_numbers_show_empty_cells_not_nan():
    given = dict.fromkeys(supplier_master.COLUMNS)
    frame = supplier_master.frame({"S1": {**given, "name": "Acme", "supplier_id": "S1", "tier": 2}})
    assert frame["tier"].tolist() == [2]
    assert frame["target_year"].isna().all() and frame["target_year"].dtype == pd.Int64Dtype()
