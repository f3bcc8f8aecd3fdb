"""The button that makes one supplier's scorecard as PDF, and the record of who took it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

import access
from access import Permission, audit
from ui import supplier_document

if TYPE_CHECKING:
    from analytics.overview import Totals
    from ui.supplier_subject import Standing, Subject

__all__ = ["button"]


def button(subject: Subject, totals: Totals, standing: Standing) -> None:
    """Offer the scorecard to who may export; it is made when it is asked for."""
    if not subject.visit.may(Permission.EXPORT):
        return
    st.download_button(
        "Scorecard (PDF)",
        data=lambda: _pdf(subject, totals, standing),
        file_name=f"scorecard-{subject.supplier_id}.pdf",
        mime="application/pdf",
        icon=":material/picture_as_pdf:",
        key="profile-scorecard",
        on_click="ignore",
        help="What this page shows, on one or two pages to send.",
    )


def _pdf(subject: Subject, totals: Totals, standing: Standing) -> bytes:
    document = supplier_document.document(subject, totals, standing)
    audit.record(access.database(), subject.visit.user, "exported_scorecard", subject.supplier_id)
    return document
