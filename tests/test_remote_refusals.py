"""What of a remote source is refused: too much, names that lead out, URLs that cannot be one."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from benchsmith.core.retry import RetryPolicy
from benchsmith.fetch import storage_errors, url_cache
from benchsmith.fetch.storage_errors import StorageError
from tests.conftest import Project
from tests.paths import PYTHONPATH
from tests.remote_sources import fetch, from_url, here, memory, objects, web
from tests.web import Web

__all__ = ["memory", "web"]


def test_more_than_may_be_kept_is_refused_before_the_download(memory: Any, tmp_path: Path) -> None:
    fetch(tmp_path, "memory://bucket/a", most=6)
    with pytest.raises(StorageError, match=r"--cache-gb.*") as said:
        fetch(tmp_path, "memory://other", most=6)
    assert "memory://bucket/a" in str(said.value)
    assert url_cache.place(tmp_path, "memory://other") is None and len(objects(tmp_path)) == 2
    assert fetch(tmp_path, "memory://other", most=7)
    (no_more,) = [
        d for d in (tmp_path / url_cache.CACHE / "urls").iterdir() if d.name in str(said.value)
    ]
    shutil.rmtree(no_more)
    assert not fetch(tmp_path, "memory://other", most=1)
    assert [p.read_bytes() for p in objects(tmp_path)] == [b"3"], "its files went with it"


def test_files_of_unknown_size_are_stopped_at_the_bound(web: Web, tmp_path: Path) -> None:
    web.sizes = False
    (web.folder / "a.bin").write_bytes(b"a" * 50_000)
    assert fetch(tmp_path, web.url, most=60_000)
    (web.folder / "b.bin").write_bytes(b"b" * 60_000_000)
    with pytest.raises(StorageError, match="larger than"):
        fetch(tmp_path, web.url, most=60_000)
    assert web.sent < 40_000_000, "not only once all of it has come"
    assert set(here(tmp_path, web.url) or ()) == {"a.bin"}
    kept = sum(p.stat().st_size for p in objects(tmp_path))
    assert kept <= 60_000
    (web.folder / "a.bin").write_bytes(b"A" * 50_000)
    (web.folder / "b.bin").unlink()
    fetch(tmp_path, web.url, most=60_000)
    assert here(tmp_path, web.url) == {"a.bin": b"A" * 50_000}, "without a mark it is brought again"


@pytest.mark.parametrize(
    "name", ["../../out.txt", "a/../../out.txt", "C:/out.txt", "a\\..\\b", "a//b"]
)
def test_names_that_lead_out_are_refused(
    name: str, memory: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A storage lists any key; that in memory lists `a//b` as a folder in some versions."""
    place = f"/bucket/a/{name}"
    memory.store[place] = type(memory.store["/other/3.txt"])(memory, place, b"bad")
    listed = memory.find("/bucket/a", detail=True)
    bad = {**listed["/bucket/a/1.txt"], "name": place}
    good = {key: entry for key, entry in listed.items() if entry["name"] in memory.store}
    monkeypatch.setattr(type(memory), "find", lambda *_, **__: {**good, place: bad})
    with pytest.raises(StorageError, match=r"leads out|not a valid file name"):
        fetch(tmp_path / "home", "memory://bucket/a")
    assert not list(tmp_path.rglob("*.txt"))


def test_a_page_leads_to_its_own_files_only(web: Web, tmp_path: Path) -> None:
    (web.folder / "in/sub dir").mkdir(parents=True)
    (web.folder / "in/sub dir/ä.txt").write_text("in")
    (web.folder / "out.txt").write_text("out")
    web.links = [
        "../",
        "/",
        "/out.txt",
        "../../out.txt",
        "?C=N;O=D",
        "#top",
        "http://127.0.0.1:9/x",
    ]
    fetch(tmp_path, f"{web.url}in/")
    assert here(tmp_path, f"{web.url}in/") == {"sub dir/ä.txt": b"in"}
    fetch(tmp_path, f"{web.url}in/sub%20dir/%C3%A4.txt")
    assert here(tmp_path, f"{web.url}in/sub%20dir/%C3%A4.txt") == {"ä.txt": b"in"}
    web.links = ["%2e%2e%2fout.txt"]
    with pytest.raises(StorageError, match="leads out"):
        fetch(tmp_path, f"{web.url}in/")


def test_links_of_a_file_system_are_refused(tmp_path: Path) -> None:
    there = tmp_path / "there"
    (there / "a").mkdir(parents=True)
    (there / "a/1.txt").write_text("one")
    assert fetch(tmp_path, f"file://{there}")
    (there / "a/secret").symlink_to("/etc/hostname")
    with pytest.raises(StorageError, match="is a link"):
        fetch(tmp_path, f"file://{there}")
    (there / "a/secret").unlink()
    (there / "b").symlink_to(tmp_path)
    with pytest.raises(StorageError, match="is a link"):
        fetch(tmp_path, f"file://{there}")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("memory://nowhere", "no file"),
        ("nonsense://a/b", "nonsense"),
        ("file:///nowhere/at/all", "no file"),
        ("http://127.0.0.1:9/", "127.0.0.1"),
    ],
)
def test_what_storage_says_is_one_line(
    url: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage_errors, "RETRY", RetryPolicy(tries=2, first_wait_s=0.0))
    with pytest.raises(StorageError, match=words) as said:
        fetch(tmp_path, url)
    assert "\n" not in str(said.value)


def test_a_protocol_without_its_package_is_reported(project: Project) -> None:
    from_url(project, "s3://bucket/skin")
    (project.folder / "s3fs.py").write_text('raise ImportError("no s3fs here")\n')
    env = {"PYTHONPATH": f"{project.folder}:{PYTHONPATH}"}
    said = project.run("fetch", "small", code=4, process=True, **env)
    assert "pip install 'benchsmith[storage]'" in said and "Traceback" not in said


@pytest.mark.parametrize(
    "url",
    ["https://me:secret@host/a", "https://host/a?X-Amz-Signature=1", "skin", "https://host/a b"],
)
def test_a_url_that_cannot_be_one_is_refused(url: str, project: Project) -> None:
    from_url(project, url)
    said = project.run("check", code=2)
    assert "raw_sources/skin/recipe.yaml:" in said and "url" in said
