"""Write assets/factors/freight_emission_factors.csv from the published figures.

Usage: python -m scripts.build_factors SOURCE.csv
Run once a year, when DESNZ and EPA publish; the result is committed.
"""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path

from data_access.schema import emission_factors

TARGET = Path(__file__).parent.parent / "assets" / "factors" / "freight_emission_factors.csv"
SOURCES = {
    "DESNZ": "UK Government GHG Conversion Factors for Company Reporting (DESNZ/DEFRA)",
    "EPA": "US EPA GHG Emission Factors Hub, table 8 (scope 3 category 4 and 9, ton-mile)",
}
ROAD = {
    "All HGVs": "HGV average",
    "All artics": "articulated average",
    "All rigids": "rigid average",
    "Articulated (>3.5 - 33t)": "articulated 3.5-33 t",
    "Articulated (>33t)": "articulated >33 t",
    "Rigid (>17 tonnes)": "rigid >17 t",
    "Rigid (>3.5 - 7.5 tonnes)": "rigid 3.5-7.5 t",
    "Rigid (>7.5 tonnes-17 tonnes)": "rigid 7.5-17 t",
    "Average (up to 3.5 tonnes)": "van average",
    "Class I (up to 1.305 tonnes)": "van class I (<1.305 t)",
    "Class II (1.305 to 1.74 tonnes)": "van class II (1.305-1.74 t)",
    "Class III (1.74 to 3.5 tonnes)": "van class III (1.74-3.5 t)",
}
AIR = {
    "Domestic, to/from UK": "domestic",
    "Short-haul, to/from UK": "short-haul",
    "Long-haul, to/from UK": "long-haul",
    "International, to/from non-UK": "international",
}
EPA = {
    "Medium- and Heavy-Duty Truck": ("road", "HGV average"),
    "Rail": ("rail", "freight train"),
    "Waterborne Craft": ("sea", "waterborne craft"),
    "Aircraft": ("air", "aircraft average"),
}
DESNZ_NOTES = {
    "air": "Contains an 8 % uplift from great-circle to flown distance.",
    "road": "Average laden: contains load factor and empty running.",
}
# EPA publishes tank-to-wheel only. So that its set can be compared well-to-wheel, the well-to-tank part is
# the DESNZ 2025 ratio WTT / TTW of the mode's average class, and every such row says so in its note.
WTT_RATIO = {
    "road": (0.02359, 0.10163),
    "rail": (0.00691, 0.02779),
    "sea": (0.00365, 0.01612),
    "inland_waterway": (0.00365, 0.01612),
    "air": (0.13516, 0.5313),
}


def vehicle_class(row: dict[str, str]) -> str:
    name, size = row["vehicle_class"], row["size"]
    if row["mode"] == "road":
        return ROAD[name] + (" electric" if "Electric" in row["basis"] else "")
    if row["mode"] == "air":
        return AIR[name]
    if row["mode"] == "rail":
        return name.lower()
    plain = size.replace("\N{EN DASH}", "-").replace(",", "")
    name = name.replace("RoRo-Ferry", "RoRo ferry").replace("Tanker", "tanker")
    head = name if name[:2].isupper() or name.startswith("RoRo") else name[0].lower() + name[1:]
    return f"{head} {plain.lower() if plain in ('Average', 'All dwt') else plain}"


def slug(*parts: str) -> str:
    text = "/".join(parts).lower().replace(">", "over-").replace("<", "under-").replace("+", "-plus")
    return (
        re.sub(r"[^a-z0-9/]+", "-", text.replace(".", "_")).strip("-").replace("-/", "/").replace("/-", "/")
    )


def desnz(row: dict[str, str]) -> dict[str, object]:
    chilled, rf = "refrigerated" in row["activity"], row["basis"] == "With RF"
    name, mode = vehicle_class(row), row["mode"]
    return {
        "factor_id": slug(
            row["factor_set"].replace(" ", "-"), mode, name + " chilled" * chilled + " rf" * rf
        ),
        "mode": mode,
        "vehicle_class": name,
        "temperature_controlled": chilled,
        "with_rf": rf,
        "distance_basis": "gcd" if mode == "air" else "actual",
        "wtt_kg_per_unit": float(row["wtt_kg_per_tkm"]),
        "source": SOURCES["DESNZ"],
        "region": "UK",
        "licence": "Open Government Licence v3.0",
        "note": DESNZ_NOTES.get(mode, ""),
    }


def epa(row: dict[str, str], mode: str) -> dict[str, object]:
    name, (wtt, ttw) = EPA[row["activity"]][1], WTT_RATIO[mode]
    return {
        "factor_id": slug("epa-2025", mode, name),
        "mode": mode,
        "vehicle_class": name,
        "temperature_controlled": False,
        "with_rf": False,
        "distance_basis": "actual",
        "wtt_kg_per_unit": round(float(row["ttw_kg_per_tkm"]) * wtt / ttw, 5),
        "source": SOURCES["EPA"],
        "region": "US",
        "licence": "US public domain",
        "note": "TTW as published (short ton-miles converted, AR5 GWP 28/265). "
        f"EPA gives no WTT: DESNZ 2025 ratio of the mode applied ({wtt} / {ttw}).",
    }


def rows(source: Path) -> list[dict[str, object]]:
    found = []
    with source.open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            common = {
                "factor_set": row["factor_set"],
                "ttw_kg_per_unit": float(row["ttw_kg_per_tkm"]),
                "unit": "tkm",
                "year": int(row["factor_set"].split()[-1]),
            }
            if row["factor_set"].startswith("DESNZ"):
                found.append(common | desnz(row))
                continue
            mode = EPA[row["activity"]][0]
            # One EPA factor serves ships and barges.
            found += [
                common | epa(row, one) for one in ((mode, "inland_waterway") if mode == "sea" else (mode,))
            ]
    return found


def main() -> None:
    found = rows(Path(sys.argv[1]))
    ids = [row["factor_id"] for row in found]
    repeated = {i for i in ids if ids.count(i) > 1}
    if repeated:
        raise SystemExit(f"factor ids are not unique: {sorted(map(str, repeated))}")
    columns = [column.name for column in emission_factors.columns]
    with TARGET.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)
    print(f"{len(found)} factors in {TARGET}")


if __name__ == "__main__":
    main()
