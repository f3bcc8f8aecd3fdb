"""The last fitted models of each store: a page asks one model many questions, and fitting takes a second."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from analytics.drivers.leg import TypicalLeg
from analytics.drivers.model import Fitted, Target
from analytics.drivers.overall import DriverModel
from data_access import Filters, Scope, Store

__all__ = ["Key", "Learnt", "kept_models"]

_MOST_MODELS = 16
Key = tuple[int, Scope, Filters, Target]  # the store's version first


@dataclass(frozen=True)
class Learnt:
    """A fitted model, what a page shows of it, and the typical leg of its sample."""

    fitted: Fitted
    model: DriverModel
    typical: TypicalLeg


class KeptModels:
    """Safe to share between threads; a model that two sessions ask for at once is fitted once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._models: OrderedDict[Key, Learnt] = OrderedDict()
        self._turns: dict[Key, threading.Lock] = {}

    def model(self, key: Key, learn: Callable[[], Learnt]) -> Learnt:
        with self._lock:
            turn = self._turns.setdefault(key, threading.Lock())
        with turn:
            if (known := self._known(key)) is not None:
                return known
            try:
                learnt = learn()
                self._keep(key, learnt)
            finally:
                with self._lock:
                    self._turns.pop(key, None)
            return learnt

    def _known(self, key: Key) -> Learnt | None:
        with self._lock:
            if key in self._models:
                self._models.move_to_end(key)
            return self._models.get(key)

    def _keep(self, key: Key, learnt: Learnt) -> None:
        with self._lock:
            self._models[key] = learnt
            while len(self._models) > _MOST_MODELS:
                self._models.popitem(last=False)


_stores: WeakKeyDictionary[Store, KeptModels] = WeakKeyDictionary()
_stores_lock = threading.Lock()


def kept_models(store: Store) -> KeptModels:
    """The models of this store; they go when it goes."""
    with _stores_lock:
        return _stores.setdefault(store, KeptModels())
