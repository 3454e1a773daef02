"""What a person reads before a release goes, and after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from benchsmith.publish.delivery import There
from benchsmith.publish.hub import Hub, State
from benchsmith.publish.shipment import File, Shipment

MOST = 30
"""Files that are listed; of a release with more, its folders are."""


def contents(shipment: Shipment) -> Iterator[str]:
    """Say what goes: files, sources with their licences, and what should be known."""
    cases = ", ".join(f"{n} {split}" for split, n in shipment.cases.items())
    of = f" of {shipment.subset}" if shipment.subset else ""
    total = sum(shipment.cases.values())
    yield f"{shipment.benchmark} {shipment.version}{of}: {total} questions ({cases}), build {shipment.build}"
    rows = [(f.name, f.size) for f in shipment.files]
    if len(rows) > MOST:
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
    """Return what goes, for programs."""
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
    """Return what is to be done at a place, for programs."""
    return {
        "send": [file.name for file in there.send],
        "unchanged": there.unchanged,
        "delete": list(there.delete),
        "left_alone": list(there.foreign),
    }


def changes(hub: Hub, state: State, tag: str, *, private: bool) -> Iterator[str]:
    """Say what becomes of the dataset on the Hub."""
    if state.head is None:
        who = "private: its members alone see it" if private else "PUBLIC: everybody sees it"
        yield f"{hub.page} is made by {hub.user}, {who}"
    else:
        who = "private" if state.private else "PUBLIC: everybody sees it"
        yield f"{hub.page} is there, {who}"
    amount = size(sum(f.size for f in state.send))
    yield f"  {len(state.send)} files to send ({amount}), {state.unchanged} there already"
    if state.delete:
        yield f"  deleted, since this release has them not: {', '.join(state.delete)}"
    if state.foreign:
        yield f"  left alone, since no release brought them: {', '.join(state.foreign)}"
    yield f"  tag {tag}: {'there already' if state.tagged else 'to be set'}"


def delivered(there: There) -> Iterator[str]:
    """Say what becomes of a place that a release is copied to."""
    amount = size(sum(f.size for f in there.send))
    yield there.place.url
    yield f"  {len(there.send)} files to send ({amount}), {there.unchanged} there already"
    if there.delete:
        yield f"  deleted, since this release has them not: {', '.join(there.delete)}"
    if there.foreign:
        yield f"  left alone, since no release brought them: {', '.join(there.foreign)}"


def loading(hub: Hub, shipment: Shipment, tag: str) -> Iterator[str]:
    """Say how the dataset is loaded."""
    split = f', split="{list(shipment.cases)[-1]}"' if shipment.cases else ""
    first = f', "{shipment.configs[0]}"' if len(shipment.configs) > 1 else ""
    yield hub.page
    yield f'  load_dataset("{hub.repo}"{first}{split}, revision="{tag}")'
    if len(shipment.configs) > 1:
        more = f" and {len(shipment.configs) - MOST} more" * (len(shipment.configs) > MOST)
        yield f"  configs: {', '.join(shipment.configs[:MOST])}{more}"


def size(n: int) -> str:
    """Return bytes for people.

    >>> size(999), size(6_100), size(63_254_072), size(2_000_000_000)
    ('999 B', '6.1 kB', '63.3 MB', '2.0 GB')
    """
    for unit, least in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if n >= least:
            return f"{n / least:.1f} {unit}"
    return f"{n} B"
