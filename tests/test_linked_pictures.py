"""Equal files of a folder can be one file, and nothing else changes; releases: `test_loaders.py`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchsmith.tables.linked_files import copy_folder, link_or_write

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
