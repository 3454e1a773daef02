"""Equal pictures of a release can be one file, and nothing else changes."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from benchsmith.core.build_files import MANIFEST
from benchsmith.exporters import plain
from benchsmith.tables.linked_files import copy_folder, link_or_write
from tests import releases

EQUAL = {"a/one.png": b"x" * 10, "a/two.png": b"x" * 10, "b/three.png": b"y"}


def written(folder: Path) -> Path:
    first: dict[bytes, Path] = {}
    for name, data in EQUAL.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        link_or_write(path, first.setdefault(data, path), data)
    return folder


def groups(folder: Path) -> list[list[str]]:
    """Return the names of each file with several."""
    found: dict[int, list[str]] = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        found.setdefault(path.stat().st_ino, []).append(path.relative_to(folder).as_posix())
    return [names for names in found.values() if len(names) > 1]


def test_a_copied_folder_has_its_own_links(tmp_path: Path) -> None:
    """Editing the copy changes its twins there, and never the original."""
    old, new = written(tmp_path / "old"), tmp_path / "new"
    copy_folder(old, new)
    assert groups(old) == groups(new) == [["a/one.png", "a/two.png"]]
    (new / "a/one.png").write_bytes(b"edited")
    assert (new / "a/two.png").read_bytes() == b"edited"
    assert {name: (old / name).read_bytes() for name in EQUAL} == EQUAL


def test_without_hard_links_the_files_are_copies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    linked = written(tmp_path / "linked")

    def refused(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refused)
    copy_folder(linked, tmp_path / "copied")
    for folder in (written(tmp_path / "old"), tmp_path / "copied"):
        assert not groups(folder)
        assert {name: (folder / name).read_bytes() for name in EQUAL} == EQUAL


def test_a_linked_release_has_the_same_bytes_and_digests(tmp_path: Path) -> None:
    """Exactly the equal pictures of `plain` are linked, and only inside the release folder."""
    project = releases.write(tmp_path / "linked", "link_pictures: true\n")
    path = project.folder / "benchmarks/small.yaml"
    text = path.read_text("utf-8")
    (old,) = [line for line in text.splitlines() if line.startswith("exports:")]
    path.write_text(text.replace(old, "exports: [parquet, plain, coco]"), "utf-8")
    project.run("build", "small", "--workers", "1")
    manifest = json.loads((project.release / MANIFEST).read_text("utf-8"))
    equal: dict[str, list[str]] = {}
    for name, digest in manifest["files"].items():
        data = (project.release / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == digest
        if name.startswith(f"{plain.NAME}/pictures/"):
            equal.setdefault(digest, []).append(name)
    wanted = sorted(sorted(names) for names in equal.values() if len(names) > 1)
    assert wanted and sorted(groups(project.release)) == wanted
    for names in equal.values():
        assert {(project.release / name).stat().st_nlink for name in names} == {len(names)}
    assert "nothing to do" in project.run("build", "small", "--workers", "1")
