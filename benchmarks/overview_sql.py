"""The Overview's questions in SQL written by hand, as one would for DuckDB or Postgres; $1, $2 is the period.

Nothing here comes out of the app: the benchmark checks that the app's own SQL gives the same numbers.
"""

from __future__ import annotations

__all__ = ["METHODS", "QUESTIONS"]

_PERIOD = "departed_at >= $1 AND departed_at < $2"
_SUMS = "count(*) AS legs, sum(tonne_km) AS tonne_km, sum(wtw_kg) AS wtw_kg"
_GRAMS = "sum(wtw_kg) / nullif(sum(tonne_km), 0::double precision) * 1000 AS intensity_g_per_tkm"

_TOTALS = f"""
SELECT factor_id, data_type, distance_source, currency, count(*) AS legs,
       count(*) FILTER (WHERE leg_no = 1) AS first_legs, sum(tonne_km) AS tonne_km, sum(ttw_kg) AS ttw_kg,
       sum(wtt_kg) AS wtt_kg, sum(wtw_kg) AS wtw_kg, sum(low_kg) AS low_kg, sum(high_kg) AS high_kg,
       sum(cost) AS cost, count(cost) AS costed_legs
FROM legs WHERE {_PERIOD} {{and_more}}
GROUP BY factor_id, data_type, distance_source, currency"""

_FLAGGED = f"""
SELECT count(*) AS legs, sum(wtw_kg) AS wtw_kg
FROM legs WHERE {_PERIOD} AND (shipment_id, leg_no) IN (
    SELECT shipment_id, leg_no FROM anomalies WHERE status IN ('open', 'confirmed'))"""

_OVER_TIME = f"""
SELECT date_trunc('week', departed_at)::date AS period, mode, {_SUMS}
FROM legs WHERE {_PERIOD} GROUP BY 1, 2 ORDER BY 1, 2"""

_BY_MODE = f"""
SELECT mode, factor_id, {_SUMS}, sum(low_kg) AS low_kg, sum(high_kg) AS high_kg
FROM legs WHERE {_PERIOD} GROUP BY mode, factor_id"""

_SHARE = "sum(wtw_kg) / sum(sum(wtw_kg)) OVER () AS wtw_share"
_TOP_SUPPLIERS = f"""
SELECT t.*, coalesce(s.name, t.supplier_id) AS name
FROM (SELECT supplier_id, {_SUMS}, {_GRAMS}, {_SHARE} FROM legs WHERE {_PERIOD}
      GROUP BY supplier_id ORDER BY wtw_kg DESC, supplier_id LIMIT 1000) t
LEFT JOIN suppliers s ON s.supplier_id = t.supplier_id ORDER BY wtw_kg DESC, t.supplier_id"""

_ENDS = "origin, origin_country, destination, destination_country"
_TOP_LANES = f"""
SELECT {_ENDS}, legs, tonne_km, wtw_kg, intensity_g_per_tkm, wtw_share
FROM (SELECT {_ENDS}, mode = 'hub' AS hub, {_SUMS}, {_GRAMS}, {_SHARE} FROM legs WHERE {_PERIOD}
      GROUP BY {_ENDS}, mode = 'hub') lanes
WHERE NOT hub ORDER BY wtw_kg DESC, {_ENDS} LIMIT 1000"""

_LEG_ROWS = f"""
SELECT shipment_id, leg_no, departed_at, arrived_at, supplier_id, carrier, product_group, incoterm, mode,
       vehicle_class, temperature_controlled, origin, origin_country, destination, destination_country,
       weight_kg, distance_km, distance_basis, distance_source, tonne_km, cost, currency, factor_id,
       hub_kg_per_t, ttw_kg, wtt_kg, wtw_kg, low_kg, high_kg, calculated_kg, reported_kg, data_type, batch_id
FROM legs WHERE {_PERIOD} ORDER BY wtw_kg DESC, shipment_id, leg_no LIMIT 1000"""

_SPAN = "SELECT min(departed_at) AS first, max(departed_at) AS last, count(*) AS legs FROM legs"

_SUPPLIERS_SEEN = """
SELECT l.supplier_id, coalesce(s.name, l.supplier_id) AS name
FROM (SELECT DISTINCT supplier_id FROM legs) l LEFT JOIN suppliers s ON s.supplier_id = l.supplier_id
ORDER BY name, l.supplier_id"""

_VALUES = "SELECT DISTINCT {0} AS value FROM legs WHERE {0} IS NOT NULL ORDER BY 1"
_FACTORS = "SELECT * FROM emission_factors WHERE factor_id IN (SELECT DISTINCT factor_id FROM legs WHERE {0})"

# Name of the question → SQL. $3 … are two modes and three suppliers.
QUESTIONS = {
    "KPI sums": _TOTALS.format(and_more=""),
    "KPI sums, 2 modes of 3 suppliers": _TOTALS.format(
        and_more="AND mode IN ($3, $4) AND supplier_id IN ($5, $6, $7)"
    ),
    "shipments of 2 modes": f"""
SELECT count(*) AS shipments
FROM (SELECT DISTINCT shipment_id FROM legs WHERE {_PERIOD} AND mode IN ($3, $4)) s""",
    "flagged legs": _FLAGGED,
    "over time, by week and mode": _OVER_TIME,
    "by mode": _BY_MODE,
    "top suppliers": _TOP_SUPPLIERS,
    "top lanes": _TOP_LANES,
    "1,000 heaviest legs": _LEG_ROWS,
    "span of the data": _SPAN,
    "suppliers to filter by": _SUPPLIERS_SEEN,
    "modes to filter by": _VALUES.format("mode"),
    "origin countries to filter by": _VALUES.format("origin_country"),
    "product groups to filter by": _VALUES.format("product_group"),
}

_BY_MODE_WITH_RANGE = f"""
WITH parts AS (
  SELECT mode, factor_id, {_SUMS}, sum(wtw_kg - low_kg) AS down, sum(high_kg - wtw_kg) AS up
  FROM legs WHERE {_PERIOD} GROUP BY mode, factor_id)
SELECT mode, sum(legs)::bigint AS legs, sum(tonne_km) AS tonne_km, sum(wtw_kg) AS wtw_kg,
       sum(wtw_kg) - sqrt(sum(down * down)) AS low_kg, sum(wtw_kg) + sqrt(sum(up * up)) AS high_kg, {_GRAMS},
       sum(wtw_kg) / sum(sum(wtw_kg)) OVER () AS wtw_share,
       sum(tonne_km) / sum(sum(tonne_km)) OVER () AS tkm_share
FROM parts GROUP BY mode ORDER BY wtw_kg DESC, mode"""

_KPIS = f"""
WITH parts AS (
  SELECT factor_id, currency, count(*) AS legs, count(*) FILTER (WHERE leg_no = 1) AS shipments,
         sum(tonne_km) AS tonne_km, sum(ttw_kg) AS ttw_kg, sum(wtt_kg) AS wtt_kg, sum(wtw_kg) AS wtw_kg,
         sum(low_kg) AS low_kg, sum(high_kg) AS high_kg, sum(cost) AS cost, count(cost) AS costed,
         sum(wtw_kg) FILTER (WHERE data_type = 'primary') AS primary_kg,
         sum(wtw_kg) FILTER (WHERE data_type = 'modelled') AS modelled_kg
  FROM legs WHERE {_PERIOD} GROUP BY factor_id, currency),
spread AS (
  SELECT sqrt(sum(down * down)) AS down, sqrt(sum(up * up)) AS up
  FROM (SELECT sum(wtw_kg - low_kg) AS down, sum(high_kg - wtw_kg) AS up FROM parts GROUP BY factor_id) f)
SELECT currency, sum(cost) AS cost, sum(costed)::bigint AS costed, sum(legs)::bigint AS legs,
       sum(shipments)::bigint AS shipments, sum(tonne_km) AS tonne_km, sum(ttw_kg) AS ttw_kg,
       sum(wtt_kg) AS wtt_kg, sum(wtw_kg) AS wtw_kg, sum(primary_kg) AS primary_kg,
       sum(modelled_kg) AS modelled_kg, max(down) AS down, max(up) AS up
FROM parts, spread GROUP BY currency"""

# Name of the method of OverviewAnalytics → the statements that answer it whole.
METHODS = {
    "summary": (_KPIS, _FLAGGED),
    "over_time": (_OVER_TIME,),
    "by_mode": (_BY_MODE_WITH_RANGE,),
    "top_suppliers": (_TOP_SUPPLIERS,),
    "top_lanes": (_TOP_LANES,),
    "leg_rows": (_LEG_ROWS,),
    "derivation": (_TOTALS.format(and_more=""), _FACTORS.format(_PERIOD), _FLAGGED),
    "options": (
        _SPAN,
        _SUPPLIERS_SEEN,
        *map(_VALUES.format, ("mode", "origin_country", "destination_country", "product_group")),
    ),
}
