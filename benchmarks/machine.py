"""What the figures were measured on: a ratio travels, a millisecond does not."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

__all__ = ["describe"]

_PACKAGES = (
    "duckdb", "adbc-driver-postgresql", "sqlalchemy", "pyarrow", "pandas", "pandera", "searoute",
    "streamlit", "plotly",
)  # fmt: skip


def describe(command: str) -> str:
    """Date, machine and versions, as a Markdown list."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    lines = {
        "Date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "Command": f"`{command}`",
        "Machine": f"{_cpu()}, {len(os.sched_getaffinity(0))} cores, {_memory_gb():.0f} GB RAM",
        "System": f"{_system()}, Linux {platform.release()}",
        "Load before the run": f"{load} (1, 5, 15 minutes; what else ran on the machine)",
        "Python": platform.python_version(),
        "Packages": ", ".join(f"{name} {version(name)}" for name in _PACKAGES),
    }
    return "\n".join(f"- {name}: {value}" for name, value in lines.items())


def _cpu() -> str:
    for line in _lines("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory_gb() -> float:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30


def _system() -> str:
    for line in _lines("/etc/os-release"):
        if line.startswith("PRETTY_NAME="):
            return line.partition("=")[2].strip('"')
    return platform.system()


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []
