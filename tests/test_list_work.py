"""A list of masks costs few looks at folders: each is listed a few times, not once for each image."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from benchsmith.text import path_walk, remembered_names
from performance.listing import listed
from performance.mask_listing import MASKS, write

IMAGES = 40
MOST_LISTINGS = 4
"""For labels in the numbers of pictures, the images' own label files, files without an image, and misses."""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a source of some images with four masks each."""
    write(tmp_path, IMAGES)
    return tmp_path


def looks(source: Path, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Return how often each folder was listed for a list of the source."""
    found: Counter[str] = Counter()
    scandir = os.scandir

    def counted(folder: Any = ".") -> Any:
        found[os.path.relpath(folder, source)] += 1
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", counted)
    assert path_walk.os is os is remembered_names.os
    assert listed(source)["images"] == IMAGES
    return found


def test_the_folder_of_masks_is_not_listed_for_each_image(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is young, so that what another search remembers of it is not used."""
    assert looks(source, monkeypatch)["masks/00000"] <= MOST_LISTINGS


def test_masks_in_a_folder_of_their_own_are_not_compared_with_pictures(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No name is looked up by `lexists`, which only a path that may be a picture needs."""
    asked: list[str] = []
    holds = path_walk.Walk.holds
    monkeypatch.setattr(
        path_walk.Walk, "holds", lambda walk, path: asked.append(str(path)) or holds(walk, path)
    )
    assert looks(source, monkeypatch)["images/00000"] > 0
    assert not [path for path in asked if any(name in path for name in MASKS)]


def test_a_picture_that_a_pattern_of_labels_matches_is_still_found(tmp_path: Path) -> None:
    """`may_hold_in` never denies a folder in which `holds` finds a path."""
    for name in ("a/b/x.png", "a/x.png", "x.png", "B/b/x.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    files = list(tmp_path.rglob("*.png"))
    for pattern in ("{k}.png", "a/{k}.png", "{f}/{k}.png", "{f}/{g}/{k}.png", "b/b/*.png"):
        walk = path_walk.Walk(tmp_path, pattern)
        for path in files:
            home = os.path.realpath(path.parent)
            if walk.holds(f"{home}/{path.name}"):
                assert walk.may_hold_in(home)
    only = path_walk.Walk(tmp_path, "a/{k}.png")
    near = {path.parent.name for path in files if only.may_hold_in(os.path.realpath(path.parent))}
    assert near == {"a"}
