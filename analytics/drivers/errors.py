"""Why drivers cannot be worked out, each in one sentence that a user can act on."""

from __future__ import annotations

__all__ = ["DriversUnavailable", "InexactExplanation", "NotEnoughLegs", "NothingVaries", "UnknownLeg"]


class DriversUnavailable(Exception):
    """Base of the reasons; the message is written for the screen."""


class NotEnoughLegs(DriversUnavailable):
    """A model of so few legs would explain chance."""


class NothingVaries(DriversUnavailable):
    """All legs are alike in what is to be explained, or in all that could explain it."""


class UnknownLeg(DriversUnavailable):
    """The user sees no such leg, or it is one without an intensity."""


class InexactExplanation(Exception):
    """The parts do not add up to the prediction: they would explain another number, so none is shown."""
