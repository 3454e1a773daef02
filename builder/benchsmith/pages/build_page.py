"""A build as a page: the time, memory and row counts of its steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchsmith.pages.page import page


def build_page(record: Mapping[str, Any]) -> str:
    """Return the page for a build's record, the content of `build.json`."""
    state = "finished" if record["finished"] else f"stopped: {record['stopped']}"
    versions = ", ".join(f"{name} {v}" for name, v in record["libraries"].items())
    data = {
        "title": f"Build of {record['benchmark']}",
        "subtitle": f"{_when(record['began'])}; {record['seconds']:.1f} s, at most {record['peak_mb']} MB; {state}",
        "steps": record["steps"],
        "seconds": record["seconds"],
    }
    return page(
        title=f"Build of {record['benchmark']}",
        body="build.html",
        styles=("build.css",),
        scripts=("build.js",),
        data=data,
        footer=f"benchsmith {record['version']}, Python {record['python']}, {versions}",
    )


def _when(stamp: str) -> str:
    """Return a time as a person writes it.

    >>> _when("2026-01-31T09:05:07+00:00")
    '2026-01-31 09:05 UTC'
    """
    return f"{stamp[:10]} {stamp[11:16]} UTC" if stamp.endswith("+00:00") else stamp
