"""Questions of the pages: built and compiled once per shape of filters and scope, asked with their values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec

from sqlalchemy import Select

from data_access.filters import Filters, Scope
from data_access.selection import values_of

__all__ = ["Query", "Question", "prepared"]

Query = Select[*tuple[Any, ...]]
P = ParamSpec("P")


@dataclass(frozen=True, eq=False)
class Question:
    """A statement with named parameters, and the values of this time."""

    statement: Query
    values: Mapping[str, Any]


def prepared(build: Callable[P, Query]) -> Callable[P, Question]:
    """Make a builder of statements a question that is built once per shape.

    `build` takes Filters, a Scope or both, and options; it puts the former in by `selection.selected` or
    `selection.in_scope` only, which name their parameters and hold no values.
    """
    built: dict[tuple[Any, ...], Query] = {}

    @wraps(build)
    def ask(*args: P.args, **kwargs: P.kwargs) -> Question:
        given = (*args, *kwargs.values())
        key = (*kwargs, *(one.shape if isinstance(one, (Filters, Scope)) else one for one in given))
        if key not in built:
            built[key] = build(*args, **kwargs)
        return Question(built[key], values_of(*(one for one in given if isinstance(one, (Filters, Scope)))))

    return ask
