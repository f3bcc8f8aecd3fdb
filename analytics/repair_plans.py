"""A repair worked out, and what people see of it before it is made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = ["FixPreview", "Key", "Plan"]

Key = tuple[str, int, str]  # shipment_id, leg_no, kind
_SHOWN = ["mode", "weight_kg", "distance_km", "wtw_kg"]


@dataclass(frozen=True)
class FixPreview:
    """One repair before it is made.

    column : weight_kg, distance_km, mode or remove.
    old_value, new_value : as text; of `remove` the shipment itself and the one that it repeats.
    before_kg, after_kg : wtw_kg of all legs concerned, kg CO2e.
    legs : shipment_id, leg_no, mode, weight_kg, distance_km, wtw_kg, and the latter four as they would be
        in mode_after, weight_kg_after, distance_km_after, wtw_kg_after (null, and 0 kg, where a leg goes).
    notes : sentences about what else changes, or stays although one might not expect it.
    """

    shipment_id: str
    leg_no: int
    kind: str
    column: str
    old_value: str | None
    new_value: str | None
    before_kg: float
    after_kg: float
    legs: pd.DataFrame
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """A repair worked out: both frames have all columns of `legs`; `after` is empty for a removal."""

    key: Key
    column: str
    old_value: str
    new_value: str
    before: pd.DataFrame
    after: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def shipment_id(self) -> str:
        return self.key[0]

    @property
    def leg_nos(self) -> list[int]:
        return [int(number) for number in self.before["leg_no"]]

    @property
    def before_kg(self) -> float:
        return float(self.before["wtw_kg"].sum())

    @property
    def after_kg(self) -> float:
        return float(self.after["wtw_kg"].sum())

    @property
    def preview(self) -> FixPreview:
        before = self.before[["shipment_id", "leg_no", *_SHOWN]].reset_index(drop=True)
        nothing = {"mode": None, "weight_kg": np.nan, "distance_km": np.nan, "wtw_kg": 0.0}
        after = {name: self.after[name].to_numpy() if len(self.after) else nothing[name] for name in _SHOWN}
        legs = before.assign(**{f"{name}_after": values for name, values in after.items()})
        return FixPreview(
            *self.key,
            column=self.column,
            old_value=self.old_value,
            new_value=self.new_value,
            before_kg=self.before_kg,
            after_kg=self.after_kg,
            legs=legs,
            notes=self.notes,
        )
