"""The file to start from: our column names and two shipments that can be imported as they stand."""

from __future__ import annotations

__all__ = ["template_csv"]

_COLUMNS = (
    "shipment_id,leg_no,departed_at,arrived_at,supplier_id,carrier,product_group,incoterm,mode,vehicle_class,"
    "temperature_controlled,origin,destination,weight_kg,distance_km,cost,currency,wtw_kg"
)
_ROWS = (
    "EXAMPLE-1,1,2026-01-15,2026-01-17,ACME,Blue Ridge Trucking,machinery,DAP,road,articulated >33 t,"
    'false,"Stuttgart, DE","Lyon, FR",12000,850,1450.00,EUR,',
    "EXAMPLE-2,1,2026-01-20,,ACME,,electronics,FOB,sea,,false,CNSHA,DEHAM,8200,,,,",
)


def template_csv() -> bytes:
    """Return the template as UTF-8 CSV with a byte order mark, which Excel needs."""
    return "\r\n".join((_COLUMNS, *_ROWS, "")).encode("utf-8-sig")
