"""A build as a page: what ran when, for how long, with how much memory, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchsmith.pages.page import page


def build_page(record: Mapping[str, Any]) -> str:
    """Return the page of a build's record, as `build.json` has it."""
    state = "finished" if record["finished"] else f"stopped: {record['stopped']}"
    versions = ", ".join(f"{name} {v}" for name, v in record["libraries"].items())
    data = {
        "title": f"Build of {record['benchmark']}",
        "subtitle": f"{record['began']}, {record['seconds']:.1f} s, {record['peak_mb']} MB at most; {state}",
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
