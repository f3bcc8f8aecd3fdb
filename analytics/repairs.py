"""What a one-click fix would change: the legs after the repair, and their emissions before and after."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analytics.anomalies.scorings import Reader
from analytics.distances import estimate
from analytics.emissions import MissingFactor, calculate
from analytics.repair_plans import Key, Plan
from data_access import MODES, Scope
from data_access import correction_queries as queries

__all__ = ["NoRepair", "Repairs", "recalculated"]

ALIKE = 0.25  # a distance this near to the lane's usual one by the right mode stays
_COMPUTED = (
    "tonne_km", "factor_id", "ttw_kg", "wtt_kg", "wtw_kg", "low_kg", "high_kg", "calculated_kg",
    "reported_kg", "data_type",
)  # fmt: skip
_CLOSED = {
    "fixed": "This is fixed already.",
    "dismissed": "This was dismissed: open it again to fix it.",
}


class NoRepair(ValueError):
    """There is nothing to fix, or no clear way to; the message says why."""


@dataclass(frozen=True)
class _Draft:
    """A plan whose emissions are still to be calculated: `after` states what the legs would say."""

    key: Key
    column: str
    old_value: str
    new_value: str
    before: pd.DataFrame
    after: pd.DataFrame
    notes: tuple[str, ...] = ()


class Repairs:
    """The repairs of some findings, worked out from what is in the warehouse now and in `scope`.

    Everything they need is read once, so that many cost little more than one.
    """

    def __init__(self, reader: Reader, scope: Scope, shipment_ids: Iterable[str]) -> None:
        wanted = sorted(set(shipment_ids))
        self._reader, self._scope = reader, scope
        found = reader.frame(queries.findings_of(scope, wanted))
        keys = zip(found["shipment_id"], found["leg_no"], found["kind"], strict=True)
        self._findings = dict(zip(keys, found.to_dict("records"), strict=True))
        legs = _quick(reader.frame(queries.legs_of(scope, wanted)))
        self._legs = dict(iter(legs.groupby("shipment_id", sort=False)))
        self._factors = reader.frame(queries.factors())
        book = self._factors
        own = zip(book["factor_set"], book["with_rf"], strict=True)
        self._set_of = dict(zip(book["factor_id"], own, strict=True))
        self._covered = set(zip(book["factor_set"], book["mode"], strict=True))
        active = reader.frame(queries.active_factor_set())["value"]
        self._active = str(active.iloc[0])
        twins = found.loc[found["fix_column"] == "remove", "fix_value"].dropna().unique().tolist()
        standing = reader.frame(queries.standing_shipments(twins))["shipment_id"] if twins else ()
        self._twins = set(standing)
        self._habits: dict[tuple[str, str, str], pd.DataFrame] = {}

    def plan(self, key: Key) -> Plan:
        """How this finding would be put right.

        Raises
        ------
        NoRepair
            It is fixed or dismissed, has no clear repair, or the leg has changed since it was found.
        """
        return self._finished([self._draft(key)])[0]

    def plans(self, keys: Sequence[Key]) -> list[Plan]:
        """Of all that can be put right; a leg that an earlier one changes is not changed twice."""
        drafts: list[_Draft] = []
        touched: set[tuple[str, int]] = set()
        gone: set[str] = set()
        for key in dict.fromkeys(keys):
            if key[:2] in touched:
                continue
            try:
                draft = self._draft(key)
            except NoRepair:
                continue
            legs = {(key[0], int(number)) for number in draft.before["leg_no"]}
            if legs & touched or (draft.column == "remove" and draft.new_value in gone):
                continue
            touched |= legs
            gone |= {key[0]} if draft.column == "remove" else set()
            drafts.append(draft)
        try:
            return self._finished(drafts)
        except NoRepair:  # one without a factor must not keep the others back
            return [plan for draft in drafts for plan in self._finished_or_none(draft)]

    def _draft(self, key: Key) -> _Draft:
        finding = self._findings.get(key)
        if finding is None:
            raise NoRepair("This finding is not there any more: reload the page.")
        if finding["status"] in _CLOSED:
            raise NoRepair(_CLOSED[finding["status"]])
        column, value = finding["fix_column"], finding["fix_value"]
        if not isinstance(column, str) or not isinstance(value, str):
            raise NoRepair(
                "There is no clear repair for this: confirm or dismiss it, "
                "or correct the file and import it again."
            )
        shipment = self._legs[key[0]]
        here = shipment[shipment["leg_no"] == key[1]]
        leg = here.iloc[0]
        if column == "remove":
            return self._removal(key, _of_one_import(shipment, leg), value)
        _refuse_stale(finding, leg)
        if column == "mode":
            return self._other_mode(key, here, value)
        number = _positive(value)
        if column == "weight_kg":  # one shipment, one weight
            own = _of_one_import(shipment, leg)
            here = own[own["weight_kg"] == leg["weight_kg"]]
        stated = here.assign(**{column: number})
        return _Draft(key, column, repr(float(leg[column])), repr(number), here, stated)

    def _removal(self, key: Key, before: pd.DataFrame, twin: str) -> _Draft:
        if twin not in self._twins:
            raise NoRepair(f"Shipment {twin}, which this one repeats, is not there any more: score again.")
        legs = "The leg" if len(before) == 1 else f"All {len(before)} legs"
        note = f"{legs} of shipment {key[0]} will be taken out; shipment {twin} stays."
        return _Draft(key, "remove", key[0], twin, before, before.iloc[:0], (note,))

    def _other_mode(self, key: Key, before: pd.DataFrame, mode: str) -> _Draft:
        if mode not in MODES or mode == "hub":
            raise NoRepair(f"The proposed mode {mode!r} is none that a leg can have: score again.")
        leg = before.iloc[0]
        changes, notes = self._as_usual_by(leg, mode)
        stated = before.assign(mode=mode, **changes)
        return _Draft(key, "mode", str(leg["mode"]), mode, before, stated, notes)

    def _as_usual_by(self, leg: pd.Series, mode: str) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Vehicle class and distance that the leg would have by this mode, and what to say about them."""
        habits = self._habits_of(leg, mode)
        if habits.empty:
            return _estimated(leg, mode)
        by_class = habits.groupby("vehicle_class", dropna=False, sort=True)["legs"].sum()
        usual_class = by_class.index[int(by_class.to_numpy().argmax())]
        usual = habits.sort_values(["legs", "distance_km"], ascending=[False, True]).iloc[0]
        vehicle = None if pd.isna(usual_class) else str(usual_class)
        changes: dict[str, Any] = {"vehicle_class": vehicle}
        notes = [f"Vehicle class: {vehicle or 'the average'}, as usual on this lane by {_words(mode)}."]
        if abs(leg["distance_km"] / usual["distance_km"] - 1) > ALIKE:
            changes |= {name: usual[name] for name in ("distance_km", "distance_basis", "distance_source")}
            notes.append(
                f"Distance: {leg['distance_km']:,.0f} km becomes {usual['distance_km']:,.0f} km, "
                f"usual on this lane by {_words(mode)}."
            )
        return changes, tuple(notes)

    def _habits_of(self, leg: pd.Series, mode: str) -> pd.DataFrame:
        ends = (leg["origin"], leg["destination"], mode)
        if not all(isinstance(end, str) for end in ends):
            return pd.DataFrame()
        if ends not in self._habits:
            found = self._reader.frame(queries.lane_habits(self._scope, *ends))
            self._habits[ends] = found[found["distance_km"] > 0]
        return self._habits[ends]

    def _finished_or_none(self, draft: _Draft) -> list[Plan]:
        try:
            return self._finished([draft])
        except NoRepair:
            return []

    def _finished(self, drafts: Sequence[_Draft]) -> list[Plan]:
        """The drafts with their emissions: legs of one factor set are calculated together."""
        if not drafts:
            return []
        after = _quick(self._calculated(drafts))
        return [
            Plan(
                key=draft.key,
                column=draft.column,
                old_value=draft.old_value,
                new_value=draft.new_value,
                before=draft.before.drop(columns="import_set"),
                after=after.loc[draft.after.index],
                notes=(*draft.notes, *_about_reported(draft.before, after.loc[draft.after.index])),
            )
            for draft in drafts
        ]

    def _calculated(self, drafts: Sequence[_Draft]) -> pd.DataFrame:
        stated = pd.concat([draft.after for draft in drafts])
        if stated.empty:
            return stated.drop(columns="import_set")
        before = pd.concat([draft.before for draft in drafts]).loc[stated.index]
        sets = pd.Series([self._set(leg) for leg in before.to_dict("records")], index=stated.index)
        try:
            parts = [recalculated(stated[sets == one], self._factors, *one) for one in dict.fromkeys(sets)]
        except MissingFactor as error:
            raise NoRepair(str(error)) from error
        return pd.concat(parts).drop(columns="import_set")

    def _set(self, leg: dict[str, Any]) -> tuple[str, bool]:
        """The factor set that gave the leg its factor, and whether with radiative forcing."""
        imported = leg["import_set"] if isinstance(leg["import_set"], str) else self._active
        own = self._set_of.get(leg["factor_id"])
        if own is None:
            return imported, False
        # A set that lacks the mode borrows another set's factor: then the leg belongs to the import's set.
        return (own[0] if (imported, leg["mode"]) in self._covered else imported), own[1]


def recalculated(legs: pd.DataFrame, factors: pd.DataFrame, factor_set: str, with_rf: bool) -> pd.DataFrame:
    """Legs with their emissions calculated anew; what a carrier reported stays the headline.

    Parameters
    ----------
    legs : DataFrame
        All columns of `schema.legs`.
    """
    stated = legs.drop(columns=list(_COMPUTED)).assign(wtw_kg=legs["reported_kg"].astype("float64"))
    return calculate(stated, factors, factor_set=factor_set, with_rf=with_rf)


def _estimated(leg: pd.Series, mode: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Without other legs by this mode: the distance between the places, if they are known."""
    guess = estimate(leg.to_frame().T.assign(mode=mode)).iloc[0]
    km = float(guess["distance_km"])
    if not km > 0:
        return {"vehicle_class": None}, ("The distance stays: the places of this leg are not known.",)
    if abs(leg["distance_km"] / km - 1) <= ALIKE:
        return {"vehicle_class": None}, ()
    changes = {"distance_km": km, "distance_basis": guess["distance_basis"], "distance_source": "places"}
    note = f"Distance: {leg['distance_km']:,.0f} km becomes {km:,.0f} km, estimated from the places."
    return {"vehicle_class": None, **changes}, (note,)


def _about_reported(before: pd.DataFrame, after: pd.DataFrame) -> tuple[str, ...]:
    reported = before["reported_kg"].notna()
    if after.empty or not reported.any():
        return ()
    kg = before.loc[reported, "reported_kg"].sum()
    old, new = before.loc[reported, "calculated_kg"].sum(), after.loc[reported, "calculated_kg"].sum()
    of_legs = f" for {int(reported.sum())} of these legs" if len(before) > 1 else ""
    return (
        f"The carrier reported {kg:,.0f} kg CO2e{of_legs}: that stays, and only the calculated figure "
        f"beside it changes from {old:,.0f} to {new:,.0f} kg CO2e.",
    )


def _refuse_stale(finding: dict[str, Any], leg: pd.Series) -> None:
    value, column = finding["value"], finding["column_name"]
    stated = column in ("weight_kg", "distance_km") and value is not None and math.isfinite(value)
    if stated and not math.isclose(value, float(leg[column]), rel_tol=1e-9):
        raise NoRepair("This leg has changed since it was found: score again.")


def _positive(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        raise NoRepair(f"The proposed value {value!r} is no positive number: score again.")
    return number


def _of_one_import(shipment: pd.DataFrame, leg: pd.Series) -> pd.DataFrame:
    """The shipment's legs that came with this one: undoing an import must never meet half a fix."""
    return shipment[shipment["batch_id"] == leg["batch_id"]]


def _quick(legs: pd.DataFrame) -> pd.DataFrame:
    """Texts as objects: rows are picked out of such frames many times faster."""
    return legs.astype(dict.fromkeys(legs.columns[legs.dtypes == "str"], "object"))


def _words(mode: str) -> str:
    return mode.replace("_", " ")
