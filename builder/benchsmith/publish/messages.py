"""Lines and records about a release, before and after it is published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from benchsmith.publish.delivery import There
from benchsmith.publish.hub_connection import Hub
from benchsmith.publish.hub_state import State
from benchsmith.publish.release_checks import File
from benchsmith.publish.shipment import Shipment

MAX_LINES = 30
"""Files listed one by one; a release with more is listed by folder."""


def contents(shipment: Shipment) -> Iterator[str]:
    """Yield lines on the contents: files, sources with licences, warnings."""
    cases = ", ".join(f"{n} {split}" for split, n in shipment.cases.items())
    of = f" of {shipment.subset}" if shipment.subset else ""
    total = sum(shipment.cases.values())
    yield f"{shipment.benchmark} {shipment.version}{of}: {total} questions ({cases}), build {shipment.build}"
    rows = [(f.name, f.size) for f in shipment.files]
    if len(rows) > MAX_LINES:
        rows = _folders(shipment.files)
    width = max(len(name) for name, _ in rows)
    yield from (f"  {name:<{width}}  {size(n):>9}" for name, n in rows)
    yield f"  {len(shipment.files)} files, {size(sum(f.size for f in shipment.files))}"
    yield "sources"
    yield from (f"  {c.source}: {c.licence}, {c.questions} questions" for c in shipment.credits)
    if shipment.warnings:
        yield "to know"
        yield from (f"  {w}" for w in shipment.warnings)


def _folders(files: Sequence[File]) -> list[tuple[str, int]]:
    """Return the files at the top, and each folder as one row."""
    folders: defaultdict[str, list[int]] = defaultdict(list)
    rows = []
    for file in files:
        top, slash, _ = file.name.partition("/")
        if slash:
            folders[top].append(file.size)
        else:
            rows.append((top, file.size))
    return rows + [(f"{name}/ ({len(n)} files)", sum(n)) for name, n in sorted(folders.items())]


def record(shipment: Shipment) -> dict[str, Any]:
    """Return the contents as JSON values."""
    return {
        "benchmark": shipment.benchmark,
        "version": shipment.version,
        "build": shipment.build,
        "subset": shipment.subset,
        "cases": dict(shipment.cases),
        "files": [{"name": f.name, "bytes": f.size, "sha256": f.sha256} for f in shipment.files],
        "sources": [asdict(credit) for credit in shipment.credits],
        "warnings": list(shipment.warnings),
    }


def difference(there: State | There) -> dict[str, Any]:
    """Return the pending changes at a destination as JSON values."""
    return {
        "send": [file.name for file in there.send],
        "unchanged": there.unchanged,
        "delete": list(there.delete),
        "left_alone": list(there.foreign),
    }


def changes(hub: Hub, state: State, tag: str, *, private: bool) -> Iterator[str]:
    """Yield lines on the pending changes of the dataset on the Hub."""
    if state.head is None:
        who = "private: only its members see it" if private else "PUBLIC: everybody sees it"
        yield f"{hub.page} will be created by {hub.user}, {who}"
    else:
        who = "private" if state.private else "PUBLIC: everybody sees it"
        yield f"{hub.page} is there, {who}"
    yield from _pending(state)
    yield f"  tag {tag}: {'there already' if state.tagged else 'to be set'}"


def delivered(there: There) -> Iterator[str]:
    """Yield lines on the pending changes at a destination."""
    yield there.place.url
    yield from _pending(there)


def _pending(there: State | There) -> Iterator[str]:
    amount = size(sum(f.size for f in there.send))
    yield f"  {len(there.send)} files to send ({amount}), {there.unchanged} unchanged"
    if there.delete:
        yield f"  deleted, since this release does not have them: {', '.join(there.delete)}"
    if there.foreign:
        yield f"  kept, since they belong to no release: {', '.join(there.foreign)}"


def loading(hub: Hub, shipment: Shipment, tag: str) -> Iterator[str]:
    """Yield lines on how to load the dataset."""
    split = f', split="{list(shipment.cases)[-1]}"' if shipment.cases else ""
    first = f', "{shipment.configs[0]}"' if len(shipment.configs) > 1 else ""
    yield hub.page
    yield f'  load_dataset("{hub.repo}"{first}{split}, revision="{tag}")'
    if len(shipment.configs) > 1:
        more = f" and {len(shipment.configs) - MAX_LINES} more" * (
            len(shipment.configs) > MAX_LINES
        )
        yield f"  configs: {', '.join(shipment.configs[:MAX_LINES])}{more}"


def size(n: int) -> str:
    """Return a number of bytes in decimal units.

    >>> size(999), size(6_100), size(63_254_072), size(2_000_000_000)
    ('999 B', '6.1 kB', '63.3 MB', '2.0 GB')
    """
    for unit, least in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if n >= least:
            return f"{n / least:.1f} {unit}"
    return f"{n} B"
