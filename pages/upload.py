"""Upload: bring shipments in from a CSV, Excel or Parquet file, safely."""

from __future__ import annotations

import streamlit as st

from ui import import_history, import_result, shell, states
from ui.formats import plain
from ui.import_job import ImportJob, ImportOrder
from ui.import_template import template_csv
from ui.shell import Visit

_JOB = "import-job"
_TYPES = ["csv", "tsv", "txt", "xlsx", "xls", "parquet"]
_DECIMALS = {".": "Point: 1200.5", ",": "Comma: 1200,5"}
_DATE_ORDERS = {
    "": "As the values show it",
    "dmy": "Day first: 31/12/2025",
    "mdy": "Month first: 12/31/2025",
}


def main() -> None:
    visit = shell.guard("upload")
    shell.header(visit.entry)
    with states.boundary("The upload"):
        if done := st.session_state.pop("undone", None):
            st.toast(plain(done), icon=":material/undo:")
        job: ImportJob | None = st.session_state.get(_JOB)
        if job is not None and job.running:
            _progress()
        else:
            _form(visit)
        if job is not None and job.problem:
            states.refused(job.problem)
        if job is not None and job.result is not None:
            import_result.show(
                job.result, job.order.name, again=lambda places: _start(visit, job.order, aliases=places)
            )
        import_history.show(visit)


def _form(visit: Visit) -> None:
    with st.container(border=True, key="card-upload"):
        file = st.file_uploader("Shipments, one row a leg", type=_TYPES, key="file", max_upload_size=2048)
        left, middle, right = st.columns(3, vertical_alignment="bottom")
        decimal = left.selectbox(
            "Decimal sign", _DECIMALS, format_func=lambda sign: _DECIMALS[sign], key="decimal"
        )
        order = middle.selectbox(
            "Order of dates", _DATE_ORDERS, format_func=lambda one: _DATE_ORDERS[one], key="date-order"
        )
        with right.container(horizontal=True, horizontal_alignment="right"):
            st.download_button(
                "Template",
                data=template_csv,
                file_name="shipments-template.csv",
                mime="text/csv",
                icon=":material/download:",
                on_click="ignore",
                help="Our column names with two example shipments. Other names are recognised too.",
            )
            if st.button("Import", type="primary", disabled=file is None, key="import") and file is not None:
                _start(visit, ImportOrder(file, file.name, decimal, order or None))
        st.caption(
            "Needed: shipment id, departure date, supplier, mode, weight in kg, and either distance in km "
            "or origin and destination. Rows that cannot be used are set aside with the reason."
        )


@st.fragment(run_every=0.5)
def _progress() -> None:
    job: ImportJob = st.session_state[_JOB]
    if not job.running:
        st.rerun()
    with st.container(border=True, key="card-progress"):
        st.progress(job.fraction, text=f"**{plain(job.order.name)}** – {plain(job.text)}")
        label = "Stopping …" if job.cancelling else "Cancel"
        st.button(label, key="cancel", on_click=job.cancel, disabled=job.cancelling, icon=":material/close:")


def _start(visit: Visit, order: ImportOrder, aliases: dict[str, str] | None = None) -> None:
    again = ImportOrder(order.file, order.name, order.decimal, order.date_order, aliases or {})
    st.session_state[_JOB] = ImportJob(again, visit.store, visit.user).start()
    st.rerun()


main()
