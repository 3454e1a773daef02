"""Web servers and storage in memory, and what was fetched from them, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchsmith.core.retry import RetryPolicy
from benchsmith.core.silent_progress import Silent
from benchsmith.fetch import storage_errors, url_cache
from tests.conftest import Project
from tests.web import Web, files_of
from tests.web import web as served

MOST = url_cache.MAX_BYTES


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    """Return a web server of an empty folder."""
    (tmp_path / "web").mkdir()
    with served(tmp_path / "web") as found:
        yield found


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return a storage in memory, with two folders."""
    import fsspec

    monkeypatch.setattr(storage_errors, "RETRY", RetryPolicy(tries=3, first_wait_s=0.0))
    found = fsspec.filesystem("memory")
    found.pipe({"/bucket/a/1.txt": b"one", "/bucket/a/deep/2.txt": b"two", "/other/3.txt": b"3"})
    yield found
    found.store.clear()
    found.pseudo_dirs[:] = [""]


def fetch(home: Path, url: str, most: int = MOST) -> bool:
    return url_cache.fetch(home, url, most, Silent(), allow_local=True)


def here(home: Path, url: str) -> dict[str, bytes] | None:
    place = url_cache.place(home, url)
    return None if place is None else files_of(place)


def objects(home: Path) -> set[Path]:
    return {p for p in (home / url_cache.CACHE / "objects").rglob("*") if p.is_file()}


def from_url(project: Project, url: str, path: str = ".") -> Path:
    """Let the source `skin` come from a URL; return its files, which are not in the project now."""
    source = project.folder / "raw_sources/skin"
    recipe = source / "recipe.yaml"
    text = recipe.read_text()
    assert "{path: data}" in text
    recipe.write_text(text.replace("{path: data}", f'{{path: {path}, url: "{url}"}}'))
    moved = project.folder.parent / "skin"
    (source / "data").rename(moved)
    return moved
