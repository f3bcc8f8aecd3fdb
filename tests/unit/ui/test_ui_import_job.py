"""An import beside the page: it ends in a result or in one sentence, and a cancelled one leaves nothing."""

from __future__ import annotations

import io

import pytest

from access import User, audit
from data_access import Store
from ingestion import list_batches
from ui import import_job, import_result
from ui.import_job import ImportJob, ImportOrder

ANA = User("u1", "ana@example.com", "Ana", "analyst")
GOOD = b"shipment_id,departed_at,supplier_id,mode,weight_kg,distance_km\nA,2026-01-05,ACME,road,1200,850\n"


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(import_job.access, "database", lambda: None)
    monkeypatch.setattr(audit, "record", lambda *_: None)
    with Store.open(f"duckdb:///{tmp_path / 'w.duckdb'}") as opened:
        yield opened


def done(job: ImportJob) -> ImportJob:
    job.start().join(60)
    assert not job.running
    return job


def test_good_file_ends_in_a_result(store):
    job = done(ImportJob(ImportOrder(io.BytesIO(GOOD), "a.csv"), store, ANA))
    assert job.problem is None
    assert (job.result.rows_accepted, job.fraction) == (1, 1.0)
    assert import_result.summary(job.result, "a.csv").startswith("1 of 1 rows of a.csv are in, ")
    assert list_batches(store)["imported_by"].tolist() == ["ana@example.com"]


def test_same_file_again_says_that_nothing_was_added(store):
    done(ImportJob(ImportOrder(io.BytesIO(GOOD), "a.csv"), store, ANA))
    again = done(ImportJob(ImportOrder(io.BytesIO(GOOD), "a.csv"), store, ANA))
    assert (
        import_result.summary(again.result, "a.csv")
        == "All rows of a.csv were here already; nothing was added."
    )


def test_cancelled_import_leaves_nothing(store):
    job = ImportJob(ImportOrder(io.BytesIO(GOOD), "a.csv"), store, ANA)
    job.cancel()
    done(job)
    assert job.result is None
    assert "cancelled" in job.problem
    assert list_batches(store).empty


def test_unreadable_file_ends_in_one_sentence(store):
    job = done(ImportJob(ImportOrder(io.BytesIO(b"%PDF-1.7 \x00\x01"), "a.pdf"), store, ANA))
    assert job.result is None
    assert "PDF" in job.problem or "not a table" in job.problem


def test_unexpected_failure_shows_a_reference_and_logs_the_rest(store, monkeypatch, caplog):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(import_job, "import_file", broken)
    job = done(ImportJob(ImportOrder(io.BytesIO(GOOD), "a.csv"), store, ANA))
    assert "reference" in job.problem and "secret detail" not in job.problem
    assert "secret detail" in caplog.text
