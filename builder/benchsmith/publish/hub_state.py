"""Comparing a release with the dataset on the Hub, by the digests of their files."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchsmith.core.build_files import MANIFEST
from benchsmith.core.errors import GateFailed
from benchsmith.publish.hub_connection import Hub
from benchsmith.publish.release_checks import File
from benchsmith.publish.shipment import CARD, Shipment

OWN = {".gitattributes", CARD}
"""Files that a dataset on the Hub may have before anything was published."""


@dataclass(frozen=True, slots=True)
class State:
    """How the dataset on the Hub differs from the release."""

    head: str | None
    """The commit that was compared; None if the dataset does not exist."""
    private: bool
    send: Sequence[File]
    """New and changed files."""
    unchanged: int
    delete: Sequence[str]
    """Files of the last release that this one lacks."""
    foreign: Sequence[str]
    """Files that belong to no release; they stay."""
    tagged: bool
    """The version's tag exists, on exactly these files."""

    @property
    def changes(self) -> bool:
        """Return whether a commit is needed."""
        return bool(self.send or self.delete or self.head is None)


def compare(hub: Hub, shipment: Shipment, tag: str) -> State:
    """Return how the dataset on the Hub differs from a release.

    Raises HubError, and GateFailed if the dataset is not this benchmark or the tag is on other
    files.
    """
    return hub.retried(f"comparing with {hub.repo}", lambda: compare_once(hub, shipment, tag))


def compare_once(hub: Hub, shipment: Shipment, tag: str) -> State:
    """Compare without retries; see `compare`."""
    from huggingface_hub.errors import RepositoryNotFoundError

    try:
        info = hub.api.repo_info(hub.repo, repo_type="dataset")
    except RepositoryNotFoundError:
        return State(None, False, shipment.files, 0, (), (), False)
    if info.id != hub.repo:
        raise GateFailed([f"{hub.repo} was renamed to {info.id}: use that name"])
    there = _tree(hub, str(info.sha))
    published = _published(hub, str(info.sha), shipment) if MANIFEST in there else set()
    foreign = sorted(there.keys() - OWN - published)
    if foreign and not published:
        what = f"{hub.repo} has files that belong to no release of {shipment.benchmark}"
        raise GateFailed([f"{what} ({_few(foreign)}): choose another dataset"])
    ours = {f.name for f in shipment.files}
    changed = [f for f in shipment.files if not _same(f, there.get(f.name))]
    return State(
        head=str(info.sha),
        private=bool(info.private),
        send=changed,
        unchanged=len(shipment.files) - len(changed),
        delete=sorted((there.keys() & published) - ours),
        foreign=shipment.hold_apart(foreign, hub.repo),
        tagged=_tagged(hub, shipment, tag),
    )


def _tree(hub: Hub, revision: str) -> dict[str, Any]:
    """Return the files of a commit by name, as the Hub describes them."""
    from huggingface_hub.hf_api import RepoFile

    entries = hub.api.list_repo_tree(
        hub.repo, recursive=True, revision=revision, repo_type="dataset"
    )
    return {e.path: e for e in entries if isinstance(e, RepoFile)}


def _same(file: File, there: Any) -> bool:
    """Return whether the Hub has the same file: large files by SHA-256, others by git's SHA-1."""
    if there is None or there.size != file.size:
        return False
    if there.lfs is not None:
        return bool(there.lfs.sha256 == file.sha256)
    content = file.path.read_bytes()
    blob = hashlib.sha1(b"blob %d\0" % len(content), usedforsecurity=False)
    blob.update(content)
    return bool(there.blob_id == blob.hexdigest())


def _published(hub: Hub, revision: str, shipment: Shipment) -> set[str]:
    """Return the files of the release on the Hub. Raises GateFailed if it is of another benchmark."""
    with tempfile.TemporaryDirectory() as place:
        path = hub.api.hf_hub_download(
            hub.repo, MANIFEST, repo_type="dataset", revision=revision, local_dir=place
        )
        try:
            manifest: Mapping[str, Any] = json.loads(Path(path).read_text("utf-8"))
            name, files = manifest["benchmark"], set(manifest["files"])
        except (ValueError, KeyError, TypeError):
            name, files = "", set()
    if name != shipment.benchmark:
        what = f"a release of {name}" if name else "something else"
        raise GateFailed(
            [f"{hub.repo} holds {what}, not of {shipment.benchmark}: choose another dataset"]
        )
    return files | {MANIFEST}


def _tagged(hub: Hub, shipment: Shipment, tag: str) -> bool:
    """Return whether the tag exists. Raises GateFailed if it is on other files than these."""
    refs = hub.api.list_repo_refs(hub.repo, repo_type="dataset")
    commit = next((t.target_commit for t in refs.tags if t.name == tag), None)
    if commit is None:
        return False
    there = _tree(hub, commit)
    other = [f.name for f in shipment.files if not _same(f, there.get(f.name))]
    if other:
        what = f"{hub.repo} already has the tag {tag}, on other files ({_few(other)})"
        how = f"raise `version` in benchmarks/{shipment.benchmark}.yaml and build again"
        raise GateFailed([f"{what}: {how}, or choose another --tag"])
    return True


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + " ..." * (len(names) > 3)
