"""A release on object storage, or wherever else a URL leads: whoever finds its manifest finds all.

While files go, `manifest.json` is away, and `copy-not-finished.json` says what has arrived, so that a
copy that stopped goes on from there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchsmith.core.build_files import MANIFEST
from benchsmith.core.contracts import Progress
from benchsmith.core.errors import GateFailed
from benchsmith.fetch import object_storage
from benchsmith.fetch.storage_listing import listing
from benchsmith.publish.shipment import File, Shipment
from benchsmith.text import urls

UNFINISHED = "copy-not-finished.json"
NOTE_BYTES = 64 << 20
"""After so much, what has arrived is written down there."""
NO_PLACE = {"http", "https", "hf", "zip", "tar"}
"""Protocols that nothing is copied to; the Hub has a command of its own."""


@dataclass(frozen=True, slots=True)
class There:
    """What is at a place, beside what should be there."""

    place: object_storage.Place
    send: Sequence[File]
    """New and changed files, the manifest last."""
    unchanged: int
    delete: Sequence[str]
    """Files of the last release that this one does not have."""
    foreign: Sequence[str]
    """Files that no release brought; they stay."""
    arrived: Mapping[str, str]
    """SHA-256 of this release's files that are there, by name."""
    brought: Sequence[str]
    """All that releases brought there."""
    under_way: bool
    """A copy did not come to its end."""

    @property
    def changes(self) -> bool:
        """Say whether there is anything to do."""
        return bool(self.send or self.delete or self.under_way)


def problem(url: str) -> str:
    """Say why a release cannot be copied to a URL; empty if it may be."""
    if fault := urls.problem(url):
        return f"{url!r} {fault}"
    protocol = url.partition("://")[0]
    if protocol in NO_PLACE or "::" in url:
        how = "; `benchsmith publish` brings it to the Hub" if protocol == "hf" else ""
        return f"nothing is copied to {protocol}://{how}"
    return ""


def compare(goods: Shipment, url: str) -> There:
    """Find what is at a place already: by its manifest's digests, and by the files' sizes there.

    Raises StorageError, and GateFailed where the place holds something else than this benchmark.
    """
    place = object_storage.opened(url, allow_local=True)
    there = listing(place)
    whole, note = (_said(place, name) if name in there else {} for name in (MANIFEST, UNFINISHED))
    brought = {*whole.get("files", ()), *note.get("brought", ())}
    foreign = sorted(there.keys() - brought - {MANIFEST, UNFINISHED})
    for name in {str(said["benchmark"]) for said in (whole, note) if said}:
        if name != goods.benchmark:
            what = f"{url} holds a release of {name}, not of {goods.benchmark}"
            raise GateFailed([f"{what}: name another place"])
    if there and not (whole or note):
        what = f"{url} has files that no release of {goods.benchmark} brought"
        raise GateFailed([f"{what} ({', '.join(sorted(there)[:3])}): name an empty place"])
    known = {**note.get("arrived", {}), **whole.get("files", {})}
    if whole:
        known[MANIFEST] = _digest(object_storage.read(place, MANIFEST))
    ours = {f.name: f for f in goods.files}
    arrived = {
        name: f.sha256
        for name, f in ours.items()
        if name in there and there[name].size == f.size and known.get(name) == f.sha256
    }
    return There(
        place=place,
        send=sorted(
            (f for name, f in ours.items() if name not in arrived),
            key=lambda f: (f.name == MANIFEST, f.name),
        ),
        unchanged=len(arrived),
        delete=sorted((there.keys() & brought) - ours.keys()),
        foreign=[name for name in foreign if name not in ours],
        arrived=arrived,
        brought=sorted(brought),
        under_way=UNFINISHED in there,
    )


def send(there: There, goods: Shipment, progress: Progress) -> None:
    """Copy what is to be sent, and remove what is of an earlier release. Raises StorageError.

    A place has a manifest only while it has all files that it names.
    """
    place = there.place
    files = [f for f in goods.files if f.name != MANIFEST]
    (manifest,) = (f for f in goods.files if f.name == MANIFEST)
    arrived = {name: sha for name, sha in there.arrived.items() if name != MANIFEST}
    if there.send or there.delete:
        ours = {*there.brought, *(f.name for f in files)}
        about = {"benchmark": goods.benchmark, "build": goods.build, "brought": sorted(ours)}
        _note(place, about, arrived)
        object_storage.remove(place, MANIFEST)
        wanted = [f for f in files if f.name not in arrived]
        done = object_storage.concurrently(place, lambda f: _sent(place, f), wanted)
        bytes_ = 0
        for file in progress.track(f"deliver {place.url}", len(wanted), done):
            arrived[file.name] = file.sha256
            bytes_ += file.size
            if bytes_ >= NOTE_BYTES:
                _note(place, about, arrived)
                bytes_ = 0
        for name in there.delete:
            object_storage.remove(place, name)
        object_storage.send(place, MANIFEST, manifest.path)
    object_storage.remove(place, UNFINISHED)


def _sent(place: object_storage.Place, file: File) -> File:
    object_storage.send(place, file.name, file.path)
    return file


def _note(
    place: object_storage.Place, about: Mapping[str, Any], arrived: Mapping[str, str]
) -> None:
    said = {**about, "arrived": dict(arrived)}
    object_storage.write(place, UNFINISHED, json.dumps(said, sort_keys=True, indent=1).encode())


def _said(place: object_storage.Place, name: str) -> dict[str, Any]:
    """Return what a manifest or a note there says; empty where it is none of ours."""
    try:
        found = json.loads(object_storage.read(place, name))
    except ValueError:
        return {}
    sound = isinstance(found, dict) and isinstance(found.get("benchmark"), str)
    return found if sound else {}


def _digest(data: bytes) -> str:
    from hashlib import sha256

    return sha256(data).hexdigest()
