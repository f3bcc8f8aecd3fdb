"""From the ends of a leg to its distance: resolve places, keep what was reported, estimate the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics import distances
from ingestion.places import Places

__all__ = ["Located", "locate"]

NOT_FOUND = "This place is not known: give a city and country, a code or coordinates, or say once what it is."
NO_PORT = "There is no port near enough for a sea leg: give the distance or the port."
ONE_PLACE = "Both ends are the same place, or only known as the same country: give the distance."
NO_ENDS = "Neither a distance nor both places are given."


@dataclass(frozen=True)
class Located:
    """`legs` whose distance is known, with the columns of the warehouse; `problems` of the others.

    problems : row_number, column, value, problem.
    unresolved : column, name, rows; the names that kept a leg out, most rows first.
    """

    legs: pd.DataFrame
    problems: pd.DataFrame
    unresolved: pd.DataFrame


def locate(legs: pd.DataFrame, places: Places) -> Located:
    """Give each leg its places and its distance.

    A reported distance stays as it is and its places may remain unknown; without one, both ends must be
    found. Hub legs have distance 0.

    Parameters
    ----------
    legs : DataFrame
        Parsed legs indexed by row number.
    places : Places
        Resolver with the user's aliases.
    """
    # Positions, not row numbers, while frames are put together: cheaper, and safe with repeated labels.
    rows = legs.index
    work = legs.reset_index(drop=True)
    precision = {}
    for end in ("origin", "destination"):
        found = _resolve(work, end, places)
        precision[end] = found["precision"]
        work = _with_place(work, end, found)
    reported = work["distance_km"].notna()
    hub = work["mode"] == "hub"
    open_ended = ~reported & ~hub
    missing = {end: open_ended & work[f"{end}_lat"].isna() for end in precision}
    coarse = (precision["origin"] == "country") | (precision["destination"] == "country")
    same = (work["origin_lat"] == work["destination_lat"]) & (work["origin_lon"] == work["destination_lon"])
    one_place = open_ended & same
    estimated = open_ended & ~missing["origin"] & ~missing["destination"] & ~one_place

    guess = distances.estimate(work.loc[estimated])
    km, basis = work["distance_km"].where(~hub, 0.0), work["distance_basis"].astype("object")
    km.loc[estimated] = guess["distance_km"]
    basis.loc[estimated] = guess["distance_basis"]
    no_port = estimated & km.isna()
    source = np.where(estimated, np.where(coarse, "countries", "places"), "reported")
    work = work.assign(
        distance_km=km,
        distance_basis=basis.where(basis.notna(), "actual").astype("str"),
        distance_source=source,
        origin_snap_km=guess["origin_snap_km"].reindex(work.index),
        destination_snap_km=guess["destination_snap_km"].reindex(work.index),
    )
    raw = legs.reset_index(drop=True)
    problems = [
        _problems(raw, rows, missing[end] & raw[end].isna() & raw[f"{end}_country"].isna(), end, NO_ENDS)
        for end in precision
    ]
    named = {end: missing[end] & (raw[end].notna() | raw[f"{end}_country"].notna()) for end in precision}
    problems += [_problems(raw, rows, named[end], end, NOT_FOUND) for end in precision]
    problems += [
        _problems(raw, rows, one_place, "origin", ONE_PLACE),
        _problems(raw, rows, no_port, "origin", NO_PORT),
    ]
    kept = reported | hub | (estimated & ~no_port)
    return Located(
        work.set_axis(rows)[kept.to_numpy()],
        pd.concat(problems, ignore_index=True),
        _unresolved(raw, named),
    )


def _resolve(work: pd.DataFrame, end: str, places: Places) -> pd.DataFrame:
    """What the text, else the country column, of one end stands for; given coordinates win."""
    country = work[f"{end}_country"]
    text = work[end].where(work[end].notna(), country)
    found = places.resolve(text, country).reset_index(drop=True)
    lat, lon = work[f"{end}_lat"], work[f"{end}_lon"]
    given = lat.notna() & lon.notna()
    # A town that only its country is known of keeps its name: the coordinates say where it is.
    better = found["place"].notna() & ~(found["precision"].eq("country") & work[end].notna())
    return found.assign(
        lat=lat.where(given, found["lat"]),
        lon=lon.where(given, found["lon"]),
        place=found["place"].where(~given | better, text),
        precision=found["precision"].astype("object").where(~given, "coordinates"),
    )


def _with_place(work: pd.DataFrame, end: str, found: pd.DataFrame) -> pd.DataFrame:
    """The canonical place where one was found, the text as it came where not."""
    return work.assign(
        **{
            end: found["place"].where(found["place"].notna(), work[end]),
            f"{end}_country": found["country"],
            f"{end}_lat": found["lat"],
            f"{end}_lon": found["lon"],
        }
    )


def _problems(raw: pd.DataFrame, rows: pd.Index, where: pd.Series, column: str, problem: str) -> pd.DataFrame:
    hit = where.to_numpy()
    value = raw[column].where(raw[column].notna(), raw[f"{column}_country"])
    return pd.DataFrame(
        {"row_number": rows[hit], "column": column, "value": value[hit].to_numpy(), "problem": problem}
    )


def _unresolved(raw: pd.DataFrame, named: dict[str, pd.Series]) -> pd.DataFrame:
    parts = [
        raw.loc[hit, end]
        .where(raw.loc[hit, end].notna(), raw.loc[hit, f"{end}_country"])
        .value_counts()
        .rename("rows")
        .rename_axis("name")
        .reset_index()
        .assign(column=end)
        for end, hit in named.items()
    ]
    return pd.concat(parts, ignore_index=True)[["column", "name", "rows"]]
