"""Copying a release to a URL, such as object storage: complete once its manifest is there.

During the copy `manifest.json` is absent and `copy-not-finished.json` lists the files that have
arrived, so that an interrupted copy can resume.
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
from benchsmith.publish.release_checks import File
from benchsmith.publish.shipment import Shipment
from benchsmith.text import urls

UNFINISHED = "copy-not-finished.json"
NOTE_BYTES = 64 << 20
"""Bytes after which the list of arrived files is updated."""
NOT_A_DESTINATION = {"http", "https", "hf", "zip", "tar"}
"""Protocols that cannot be written to, or that another command serves."""


@dataclass(frozen=True, slots=True)
class There:
    """How a destination differs from the release."""

    place: object_storage.Place
    send: Sequence[File]
    """New and changed files, the manifest last."""
    unchanged: int
    delete: Sequence[str]
    """Files of the last release that this one lacks."""
    foreign: Sequence[str]
    """Files that belong to no release; they stay."""
    arrived: Mapping[str, str]
    """SHA-256, by name, of this release's files that have arrived."""
    brought: Sequence[str]
    """Names of all files that releases copied there."""
    under_way: bool
    """An earlier copy was interrupted."""

    @property
    def changes(self) -> bool:
        """Return whether there is anything to do."""
        return bool(self.send or self.delete or self.under_way)


def problem(url: str) -> str:
    """Return why a release cannot be copied to a URL, or an empty string."""
    if fault := urls.problem(url):
        return f"{url!r} {fault}"
    protocol = url.partition("://")[0]
    if protocol in NOT_A_DESTINATION or "::" in url:
        how = "; `benchsmith publish` uploads to the Hub" if protocol == "hf" else ""
        return f"nothing can be copied to {protocol}://{how}"
    return ""


def compare(goods: Shipment, url: str) -> There:
    """Compare a release with a destination, by its manifest's digests and the files' sizes.

    Raises StorageError, and GateFailed if the destination holds something else.
    """
    place = object_storage.opened(url, allow_local=True)
    there = listing(place)
    whole, note = (
        _read_object(place, name) if name in there else {} for name in (MANIFEST, UNFINISHED)
    )
    brought = {*whole.get("files", ()), *note.get("brought", ())}
    foreign = sorted(there.keys() - brought - {MANIFEST, UNFINISHED})
    for name in {str(said["benchmark"]) for said in (whole, note) if said}:
        if name != goods.benchmark:
            what = f"{url} holds a release of {name}, not of {goods.benchmark}"
            raise GateFailed([f"{what}: name another target"])
    if there and not (whole or note):
        what = f"{url} has files that do not belong to a release of {goods.benchmark}"
        raise GateFailed([f"{what} ({', '.join(sorted(there)[:3])}): name an empty target"])
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
        foreign=goods.hold_apart(foreign, url),
        arrived=arrived,
        brought=sorted(brought),
        under_way=UNFINISHED in there,
    )


def send(there: There, goods: Shipment, progress: Progress) -> None:
    """Upload new and changed files and remove those of an earlier release. Raises StorageError.

    A destination has a manifest only while it has all files that the manifest lists.
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
    content = {**about, "arrived": dict(arrived)}
    object_storage.write(place, UNFINISHED, json.dumps(content, sort_keys=True, indent=1).encode())


def _read_object(place: object_storage.Place, name: str) -> dict[str, Any]:
    """Return the object in a manifest or list of arrived files; empty if it is not ours."""
    try:
        found = json.loads(object_storage.read(place, name))
    except ValueError:
        return {}
    sound = isinstance(found, dict) and isinstance(found.get("benchmark"), str)
    return found if sound else {}


def _digest(data: bytes) -> str:
    from hashlib import sha256

    return sha256(data).hexdigest()
