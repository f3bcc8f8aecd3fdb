"""Work that comes again and again: an error does not end it, and stopping it is quick and tidy."""

from __future__ import annotations

import logging
import os
import signal
import threading

import pytest

from ingestion.periodic import Periodic, until_signalled

LONG_S = 60.0
PATIENCE_S = 30.0


class Counted:
    """Work that tells when it has been done so many times; its n-th run raises what `errors` holds for it."""

    def __init__(self, wanted: int, **errors: Exception) -> None:
        self.runs = 0
        self.done = threading.Event()
        self._wanted = wanted
        self._errors = {int(key.removeprefix("run_")): error for key, error in errors.items()}

    def __call__(self) -> None:
        self.runs += 1
        if self.runs >= self._wanted:
            self.done.set()
        if self.runs in self._errors:
            raise self._errors[self.runs]


@pytest.fixture
def started():
    """Starts work and stops it after the test, whatever happened."""
    running = []

    def start(work, seconds: float = 0.001) -> Periodic:
        running.append(Periodic("the work", seconds, work).start())
        return running[-1]

    yield start
    for one in running:
        assert one.stop(PATIENCE_S)


def test_work_comes_again_and_its_state_tells_when(started):
    work = Counted(3)
    periodic = started(work)
    assert work.done.wait(PATIENCE_S)
    assert periodic.stop(PATIENCE_S)
    state = periodic.state
    assert not state.running
    assert state.last_run_at is not None and state.last_error is None
    runs = work.runs
    assert not threading.Event().wait(0.02) and work.runs == runs  # nothing after the stop


def test_an_error_ends_nothing_and_is_logged_once_with_its_traceback(started, caplog):
    work = Counted(4, run_1=ValueError("no file"), run_2=ValueError("no file"), run_3=ValueError("no file"))
    with caplog.at_level(logging.ERROR):
        started(work)
        assert work.done.wait(PATIENCE_S)
    logged = [record for record in caplog.records if record.name == "ingestion.periodic"]
    assert len(logged) == 1
    assert "ValueError: no file" in logged[0].exc_text


def test_another_error_is_logged_too_and_so_is_one_that_returns_after_a_good_run(started, caplog):
    work = Counted(
        5, run_1=ValueError("no file"), run_2=OSError("no disk"), run_3=ValueError("no file"),
        run_5=ValueError("no file"),
    )  # fmt: skip
    with caplog.at_level(logging.ERROR):
        periodic = started(work)
        assert work.done.wait(PATIENCE_S)
        assert periodic.stop(PATIENCE_S)
    told = [record.exc_text.splitlines()[-1] for record in caplog.records]
    assert told[:3] == ["ValueError: no file", "OSError: no disk", "ValueError: no file"]


def test_the_last_error_stands_in_the_state_until_a_run_goes_well(started):
    failed, go_on, well = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        if not failed.is_set():
            failed.set()
            raise ValueError("no file")
        assert go_on.wait(PATIENCE_S)
        well.set()

    periodic = started(work)
    assert failed.wait(PATIENCE_S)
    while periodic.state.last_run_at is None:  # the first run is about to be booked
        assert periodic.state.running
    assert periodic.state.last_error == "no file"
    go_on.set()
    assert well.wait(PATIENCE_S) and periodic.stop(PATIENCE_S)
    assert periodic.state.last_error is None


def test_a_stop_does_not_wait_for_the_next_run(started):
    work = Counted(1)
    periodic = started(work, LONG_S)
    assert work.done.wait(PATIENCE_S)
    assert periodic.stop(LONG_S / 2)
    assert work.runs == 1


def test_a_stop_waits_for_the_run_that_is_under_way(started):
    begun, may_end, ended = threading.Event(), threading.Event(), []

    def work() -> None:
        begun.set()
        assert may_end.wait(PATIENCE_S)
        ended.append(True)

    periodic = started(work)
    assert begun.wait(PATIENCE_S)
    assert not periodic.stop(0.01)  # too short: it is told so, and the run goes on
    may_end.set()
    assert periodic.stop(PATIENCE_S)
    assert ended == [True]


def test_starting_twice_is_starting_once_and_a_stopped_one_starts_again(started):
    work = Counted(1)
    periodic = started(work, LONG_S)
    periodic.start()
    assert work.done.wait(PATIENCE_S)
    assert periodic.stop(PATIENCE_S)
    assert work.runs == 1
    work.done.clear()
    periodic.start()
    assert work.done.wait(PATIENCE_S)
    assert periodic.state.running


def test_two_runs_never_overlap_although_it_is_restarted_during_one(started):
    at_work, most, free = [], [], threading.Semaphore(0)

    def work() -> None:
        at_work.append(1)
        most.append(len(at_work))
        assert free.acquire(timeout=PATIENCE_S)
        at_work.pop()

    periodic = started(work)
    for _ in range(5):
        periodic.stop(0)
        periodic.start()
    free.release(1_000)
    assert periodic.stop(PATIENCE_S)
    assert max(most) == 1


def test_work_may_stop_itself(started):
    stopped = threading.Event()

    def work() -> None:
        if periodic.stop():
            stopped.set()

    periodic = Periodic("the work", LONG_S, work)
    periodic.start()
    assert stopped.wait(PATIENCE_S)
    assert periodic.stop(PATIENCE_S)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_command_ends_at_a_signal_and_leaves_the_handlers_as_they_were(number):
    before = signal.getsignal(number)
    with until_signalled() as ended:
        os.kill(os.getpid(), number)
        assert ended.wait(PATIENCE_S)
        os.kill(os.getpid(), number)  # an impatient second one changes nothing
    assert signal.getsignal(number) is before
