"""Which process has a file: it is renamed into a folder of its own, and locked while it is worked on.

The system gives a lock back when its process ends, however it ends: what lies there unlocked was left by
a crash.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

__all__ = ["Stamp", "age_s", "clear", "left_over", "locked", "move_aside", "stamp_of"]

Stamp = tuple[int, int]  # size in bytes, time of the last change in ns
# A pipe must not block us, and a link must not lead us out of the folder.
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def stamp_of(path: Path) -> Stamp | None:
    """What changes while a file is being written; None where it has gone."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def age_s(path: Path) -> float:
    """Seconds since anything about a file changed; unlike its date, no copying sets this back."""
    try:
        return time.time() - path.lstat().st_ctime
    except OSError:
        return 0.0


def move_aside(path: Path, processing: Path) -> Path | None:
    """Rename a file into a new folder below `processing`; None when another process was faster.

    Raises
    ------
    OSError
        When it cannot be moved; it stays where it is.
    """
    home = processing / uuid.uuid4().hex
    home.mkdir()
    try:
        path.rename(home / path.name)
    except FileNotFoundError:
        clear(home)
        return None
    except OSError:
        clear(home)
        raise
    return home / path.name


def left_over(processing: Path) -> Iterator[Path]:
    """Files that some process has moved aside; those at work hold a lock on theirs."""
    for home in sorted(processing.iterdir()):
        if home.is_symlink() or not home.is_dir():
            continue
        held = sorted(home.iterdir())
        if not held:
            clear(home)
        yield from held


def locked(path: Path) -> BinaryIO | None:
    """Open a file for us alone; None when another process has it, or has dealt with it.

    Raises
    ------
    OSError
        When it cannot be opened, or is a link.
    """
    try:
        file = os.fdopen(os.open(path, _FLAGS), "rb")
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _is_at(file, path):
            return file
    except BlockingIOError:
        pass
    file.close()
    return None


def clear(home: Path) -> None:
    """Remove a folder that has become empty."""
    with contextlib.suppress(OSError):
        home.rmdir()


def _is_at(file: BinaryIO, path: Path) -> bool:
    """Whether `path` still is this file: who held the lock before may have moved it away."""
    opened = os.fstat(file.fileno())
    try:
        found = path.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISREG(opened.st_mode) and (opened.st_dev, opened.st_ino) == (found.st_dev, found.st_ino)
