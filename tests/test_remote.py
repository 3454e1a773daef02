"""Sources on web servers, in object storage and on the Hub: downloaded, planned and kept."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageOps

from benchsmith.fetch import url_cache
from tests.conftest import Project
from tests.light_builds import exporting
from tests.remote_sources import fetch, from_url, here, memory, objects, web
from tests.unaudited import unaudited
from tests.web import Web, files_of

__all__ = ["memory", "web"]

LOCAL = "--allow-local-urls"


def identity(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns


@pytest.mark.slow
def test_a_source_on_a_web_server_gives_the_same_questions(
    built: Project, project: Project, web: Web
) -> None:
    shutil.copytree(from_url(project, web.url, "train/one"), web.folder / "train/one")
    (web.folder / "other.bin").write_bytes(b"not wanted")
    said = project.run("plan", "small")
    assert "fetch" not in said and not web.requests, "planning asks nothing of its own accord"
    said = project.run("build", "small", "--workers", "1")
    assert "left out: skin as a whole" in said and not web.requests
    said = project.run("build", "small", "--workers", "1", "--fetch", LOCAL)
    assert "left out: skin" not in said
    now, before = project.bytes_of_release(), built.bytes_of_release()
    data = [name for name in before if name.startswith("data/")]
    assert data and {n: now[n] == before[n] for n in data} == dict.fromkeys(data, True)
    got = sorted(web.asked)
    names = {p.relative_to(web.folder).as_posix() for p in web.folder.rglob("*.*")}
    assert got == sorted(f"/{name}" for name in names - {"other.bin"})
    assert "nothing has changed" in project.run("fetch", "small", LOCAL)
    assert sorted(web.asked) == got, "what is here is not sent twice"
    web.folder.rename(web.folder.with_name("away"))
    project.run("fetch", "small", LOCAL, code=4)
    assert "nothing to do" in project.run("build", "small", "--workers", "1")


def test_a_change_there_is_planned_and_then_built(project: Project, web: Web) -> None:
    exporting(project)
    shutil.copytree(from_url(project, web.url), web.folder, dirs_exist_ok=True)
    said = project.run("plan", "small", "--fetch", LOCAL)
    assert "fetch skin runs" in said and "files are new at http" in said
    assert "ingest skin runs\n    fetch skin runs" in said
    assert not web.asked, "a plan asks for lists, not for files"
    with unaudited():
        project.run("build", "small", "--workers", "1", "--fetch", LOCAL)
    assert "up to date" in project.run("plan", "small", "--fetch", LOCAL)
    (web.folder / "README").write_text("nothing that the recipe reads")
    said = project.run("plan", "small", "--fetch", LOCAL)
    assert "1 file is new" in said
    assert "ingest skin perhaps runs\n    only if the recipe reads the downloaded files" in said
    assert "nothing to do" in project.run("build", "small", "--workers", "1", "--fetch", LOCAL)
    picture = min(web.folder.rglob("*.jpg"))
    ImageOps.mirror(Image.open(picture)).save(picture)
    web.asked.clear()
    said = project.run("plan", "small", "--fetch", LOCAL)
    assert f"1 file is changed at {web.url}: {picture.relative_to(web.folder)}" in said
    planned = {line.removesuffix(" runs").strip() for line in said.splitlines()[1:]}
    assert {"ingest skin", "normalise skin", "select", "export"} <= planned
    assert "ingest abdomen" not in planned and not web.asked
    assert "up to date" in project.run("plan", "small"), "and a build without --fetch does nothing"
    with unaudited():
        project.run("build", "small", "--workers", "1", "--fetch", LOCAL)
    assert web.asked == [f"/{picture.relative_to(web.folder)}"]
    again = Project(project.folder.parent / "again")
    shutil.copytree(project.folder, again.folder, ignore=shutil.ignore_patterns("output"))
    with unaudited():
        again.run("build", "small", "--workers", "1")
    assert again.bytes_of_release() == project.bytes_of_release()


def test_files_are_downloaded_once_and_kept_unchanged(memory: Any, tmp_path: Path) -> None:
    url = "memory://bucket/a"
    assert url_cache.place(tmp_path, url) is None
    assert fetch(tmp_path, url)
    place = url_cache.place(tmp_path, url)
    assert place and files_of(place) == {"1.txt": b"one", "deep/2.txt": b"two"}
    assert all(not p.stat().st_mode & 0o222 for p in place.rglob("*.txt")), "read-only"
    state = identity(place / "deep/2.txt")
    assert not fetch(tmp_path, url)
    memory.rm("/bucket/a/1.txt")
    memory.pipe({"/bucket/a/4.txt": b"four"})
    assert url_cache.compare(tmp_path, url) == url_cache.Change(["4.txt"], [], ["1.txt"], 4)
    assert fetch(tmp_path, url)
    assert files_of(place) == {"4.txt": b"four", "deep/2.txt": b"two"}
    assert identity(place / "deep/2.txt") == state, "what did not change is not touched"
    memory.pipe({"/bucket/a/4.txt": b"FOUR"})
    assert url_cache.compare(tmp_path, url).changed == ["4.txt"]
    assert fetch(tmp_path, url)
    assert files_of(place) == {"4.txt": b"FOUR", "deep/2.txt": b"two"}
    assert len(objects(tmp_path)) == 2, "what no URL has any more is removed"
    memory.store.clear()
    memory.pipe({"/bucket/a/deep": b"a file now", "/bucket/a/4.txt/5.txt": b"FOUR"})
    assert fetch(tmp_path, url)
    assert files_of(place) == {"deep": b"a file now", "4.txt/5.txt": b"FOUR"}


def test_what_two_urls_have_is_kept_once(memory: Any, tmp_path: Path) -> None:
    memory.pipe({"/other/copy.txt": b"two", "/other/again.txt": b"two"})
    for url in ("memory://bucket/a", "memory://other"):
        fetch(tmp_path, url)
    assert len(objects(tmp_path)) == 3
    memory.rm("/bucket/a/deep/2.txt")
    fetch(tmp_path, "memory://bucket/a")
    assert here(tmp_path, "memory://other") == {
        "3.txt": b"3",
        "copy.txt": b"two",
        "again.txt": b"two",
    }


def test_what_somebody_removed_here_is_downloaded_again(memory: Any, tmp_path: Path) -> None:
    url = "memory://bucket/a"
    fetch(tmp_path, url)
    place = url_cache.place(tmp_path, url)
    assert place
    (place / "1.txt").unlink()
    assert fetch(tmp_path, url) and (place / "1.txt").read_bytes() == b"one"
    shutil.rmtree(tmp_path / url_cache.CACHE / "objects")
    shutil.rmtree(place)
    assert fetch(tmp_path, url) and files_of(place) == {"1.txt": b"one", "deep/2.txt": b"two"}
