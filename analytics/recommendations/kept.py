"""The last sums of each store: a limit on a page, or the next supplier, asks for the same ones again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from weakref import WeakKeyDictionary

import pandas as pd

from data_access import Store

__all__ = ["kept"]

_MOST_FRAMES = 12
_stores: WeakKeyDictionary[Store, OrderedDict[Hashable, pd.DataFrame]] = WeakKeyDictionary()
_lock = threading.Lock()


def kept(store: Store, key: Hashable, ask: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """What `ask` gives, kept under `key` for this state of the store. Callers must not change the frame."""
    versioned = (store.version, key)
    with _lock:
        frames = _stores.setdefault(store, OrderedDict())
        if versioned in frames:
            frames.move_to_end(versioned)
            return frames[versioned]
    frame = ask()
    with _lock:
        frames[versioned] = frame
        while len(frames) > _MOST_FRAMES:
            frames.popitem(last=False)
    return frame
