"""What the user asked for (Filters) and what the user may see (Scope): every query takes both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from data_access.errors import UnknownMode

__all__ = ["LANE_ARROW", "MODES", "Filters", "Scope"]

MODES = ("road", "rail", "sea", "air", "inland_waterway", "hub")
LANE_ARROW = " → "  # between the two places of a lane's name
_TUPLES = ("suppliers", "modes", "origin_countries", "destination_countries", "product_groups", "lanes")


def _utc(moment: datetime | date | None) -> datetime | None:
    if moment is None:
        return None
    if not isinstance(moment, datetime):
        return datetime(moment.year, moment.month, moment.day)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


@dataclass(frozen=True)
class Filters:
    """A selection of legs; empty fields select everything.

    Parameters
    ----------
    start, end : datetime or date, optional
        Period of `departed_at` in UTC, start inclusive, end exclusive. Aware datetimes are converted.
    suppliers, modes, origin_countries, destination_countries, product_groups : tuple of str
        Any of the values; order and repetition do not matter.
    lanes : tuple of str
        Origin and destination as one name: "Hamburg, DE → Lyon, FR". A place that itself holds the arrow
        cannot be told apart from two; the import writes none.
    anomalies_only : bool
        Only legs that carry a flag.

    Raises
    ------
    UnknownMode
        For a mode outside `MODES`.
    ValueError
        For a period that ends before it starts.
    """

    start: datetime | None = None
    end: datetime | None = None
    suppliers: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    origin_countries: tuple[str, ...] = ()
    destination_countries: tuple[str, ...] = ()
    product_groups: tuple[str, ...] = ()
    anomalies_only: bool = False
    lanes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", _utc(self.start))
        object.__setattr__(self, "end", _utc(self.end))
        for name in _TUPLES:
            value = getattr(self, name)
            if isinstance(value, str):
                raise TypeError(f"Filters.{name} takes a sequence of names, not the string {value!r}.")
            object.__setattr__(self, name, tuple(sorted(set(value))))
        unknown = set(self.modes) - set(MODES)
        if unknown:
            raise UnknownMode(f"Unknown mode {', '.join(sorted(unknown))}: use one of {', '.join(MODES)}.")
        if self.start and self.end and self.end < self.start:
            raise ValueError(
                f"The period ends ({self.end:%Y-%m-%d}) before it starts ({self.start:%Y-%m-%d})."
            )

    @property
    def by_leg(self) -> bool:
        """Whether the selection can take some legs of a shipment and leave others."""
        ends = self.origin_countries or self.destination_countries or self.lanes
        return bool(self.modes or ends or self.anomalies_only)

    @property
    def shape(self) -> tuple[bool, ...]:
        """Which fields are set: filters of one shape differ in their values only."""
        ends = (self.start is not None, self.end is not None)
        return (*ends, *(bool(getattr(self, name)) for name in _TUPLES), self.anomalies_only)

    def previous(self) -> Filters | None:
        """The equally long period just before this one; None for an open period."""
        if self.start is None or self.end is None:
            return None
        return replace(self, start=self.start - (self.end - self.start), end=self.start)


@dataclass(frozen=True)
class Scope:
    """The legs a user may see: all, or those of some suppliers. An empty set sees nothing."""

    supplier_ids: frozenset[str] | None = field(default=frozenset())

    @property
    def shape(self) -> bool | None:
        """None for all, False for nothing, True for some suppliers."""
        return None if self.supplier_ids is None else bool(self.supplier_ids)

    @classmethod
    def all(cls) -> Scope:
        return cls(None)

    @classmethod
    def suppliers(cls, supplier_ids: Iterable[str]) -> Scope:
        if isinstance(supplier_ids, str):
            raise TypeError("Scope.suppliers takes a set of supplier ids, not one string.")
        return cls(frozenset(supplier_ids))
