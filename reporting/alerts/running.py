"""One look of the server's background thread: which rules fire now, and which messages go out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from access.clock import utc_now
from data_access import Store
from data_access.app_database import AppDatabase
from reporting.alerts.delivery import send_due
from reporting.alerts.evaluation import OFTEN, SELDOM, Measurements, evaluate
from reporting.alerts.history import Alert

__all__ = ["run_due"]

_MOMENT = timedelta(seconds=30)
_changed: WeakKeyDictionary[Store, tuple[int, datetime]] = WeakKeyDictionary()  # version, and since when


def run_due(db: AppDatabase, store: Store, now: datetime | None = None) -> list[Alert]:
    """Evaluate the rules whose turn it is, then send the messages that are due.

    A rule is looked at every ten seconds while data come in, and once a minute otherwise.

    Parameters
    ----------
    now : datetime, optional
        Naive UTC; by default this moment.

    Returns
    -------
    list of Alert
        What fired in this look, in this process.
    """
    from analytics.real_time import RealTimeAnalytics

    moment = now or utc_now()
    measure = Measurements(RealTimeAnalytics(store), moment)
    every = OFTEN if _is_moving(store, moment) else SELDOM
    fired = evaluate(db, measure, moment, lambda ids: _names(store, ids), every=every)
    send_due(db, now or utc_now())
    return fired


def _is_moving(store: Store, now: datetime) -> bool:
    """Whether the warehouse has changed a moment ago; else only the windows move, and that slowly."""
    version, since = store.version, _changed.get(store)
    if since is None or since[0] != version:
        _changed[store] = since = (version, now)
    return now - since[1] <= _MOMENT


def _names(store: Store, supplier_ids: tuple[str, ...]) -> Mapping[str, str]:
    if not supplier_ids:
        return {}
    from data_access.live_queries import supplier_names, within

    found = store.frame(within(supplier_names(), ids=list(supplier_ids)))
    return dict(zip(found["supplier_id"], found["name"], strict=True))
