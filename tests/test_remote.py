"""Sources on web servers, in object storage and on the Hub: brought, kept, refused."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchsmith.core.retry import RetryPolicy
from benchsmith.core.silent_progress import Silent
from benchsmith.fetch import object_storage, storage_errors, url_cache
from benchsmith.fetch.storage_errors import StorageError
from tests.conftest import PROJECT, Project
from tests.hub import hub
from tests.paths import PYTHONPATH
from tests.web import Web, files_of, s3
from tests.web import web as served

MOST = url_cache.MAX_BYTES
LOCAL = "--allow-local-urls"


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


def identity(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns


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
    shutil.copytree(from_url(project, web.url), web.folder, dirs_exist_ok=True)
    said = project.run("plan", "small", "--fetch", LOCAL)
    assert "fetch skin runs" in said and "files are new at http" in said
    assert "ingest skin runs\n    fetch skin runs" in said
    assert not web.asked, "a plan asks for lists, not for files"
    project.run("build", "small", "--workers", "1", "--fetch", LOCAL)
    assert "up to date" in project.run("plan", "small", "--fetch", LOCAL)
    (web.folder / "README").write_text("nothing that the recipe reads")
    said = project.run("plan", "small", "--fetch", LOCAL)
    assert "1 file is new" in said
    assert "ingest skin perhaps runs\n    only if the recipe reads the downloaded files" in said
    assert "nothing to do" in project.run("build", "small", "--workers", "1", "--fetch", LOCAL)
    picture = min(web.folder.rglob("*.jpg"))
    other = max(web.folder.rglob("*.jpg"))
    picture.write_bytes(other.read_bytes())
    web.asked.clear()
    said = project.run("plan", "small", "--fetch", LOCAL)
    assert f"1 file is changed at {web.url}: {picture.relative_to(web.folder)}" in said
    planned = {line.removesuffix(" runs").strip() for line in said.splitlines()[1:]}
    assert {"ingest skin", "normalise skin", "select", "export"} <= planned
    assert "ingest abdomen" not in planned and not web.asked
    assert "up to date" in project.run("plan", "small"), "and a build without --fetch does nothing"
    project.run("build", "small", "--workers", "1", "--fetch", LOCAL)
    assert web.asked == [f"/{picture.relative_to(web.folder)}"]
    again = Project(project.folder.parent / "again")
    shutil.copytree(project.folder, again.folder, ignore=shutil.ignore_patterns("output"))
    again.run("build", "small", "--workers", "1")
    assert again.bytes_of_release() == project.bytes_of_release()


def test_files_are_brought_once_and_kept_as_they_are_there(memory: Any, tmp_path: Path) -> None:
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


def test_what_somebody_removed_here_is_brought_again(memory: Any, tmp_path: Path) -> None:
    url = "memory://bucket/a"
    fetch(tmp_path, url)
    place = url_cache.place(tmp_path, url)
    assert place
    (place / "1.txt").unlink()
    assert fetch(tmp_path, url) and (place / "1.txt").read_bytes() == b"one"
    shutil.rmtree(tmp_path / url_cache.CACHE / "objects")
    shutil.rmtree(place)
    assert fetch(tmp_path, url) and files_of(place) == {"1.txt": b"one", "deep/2.txt": b"two"}


STEPS = {"os.link", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "open"}


def killed_at(step: int, home: Path, url: str) -> bool:
    """Fetch in a process that is killed at a step on the disk; say whether it was."""
    child = os.fork()
    if child == 0:
        seen = [0]

        def hook(event: str, args: tuple[Any, ...]) -> None:
            if event in STEPS and str(home) in str(args[0]):
                seen[0] += 1
                if seen[0] == step:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        fetch(home, url)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert status in (0, signal.SIGKILL)
    return status == signal.SIGKILL


def test_nothing_is_half_there_whenever_a_fetch_is_killed(memory: Any, tmp_path: Path) -> None:
    url = "memory://bucket/a"
    old = {"1.txt": b"one", "deep/2.txt": b"two"}
    new = {"1.txt": b"ONE!", "new/4.txt": b"four", "5.txt": b"five"}
    step, killed, seen = 0, True, []
    while killed:
        step += 1
        home = tmp_path / str(step)
        memory.store.clear()
        memory.pipe({f"/bucket/a/{name}": data for name, data in old.items()})
        fetch(home, url)
        memory.rm("/bucket/a/deep/2.txt")
        memory.pipe({f"/bucket/a/{name}": data for name, data in new.items()})
        killed = killed_at(step, home, url)
        found = here(home, url)
        assert found in (old, new), f"killed at step {step}"
        seen.append(found == new)
        assert fetch(home, url) == (found == old)
        assert here(home, url) == new and len(objects(home)) == 3
        left = {p.name for p in (home / url_cache.CACHE).rglob("*")} - {
            p.name for p in objects(home)
        }
        assert not {n for n in left if n.startswith(".") or n in ("scratch", url_cache.PENDING)}
    assert step > 30 and seen == sorted(seen), "old files until all of the new ones are here"


def test_a_fetch_that_was_killed_goes_on_where_it_was(
    memory: Any, web: Web, tmp_path: Path
) -> None:
    for i in range(40):
        (web.folder / f"{i:02}.bin").write_bytes(bytes([i]) * 1000)
    stall = tmp_path / "stalled"

    def asked_for(name: str) -> None:
        if len(web.asked) >= 25 and not stall.exists():
            stall.touch()
        if stall.exists() and not (tmp_path / "go").exists():
            time.sleep(30)

    web.asked_for = asked_for
    code = (
        "import sys; from pathlib import Path; from benchsmith.fetch import url_cache; "
        "from benchsmith.core.silent_progress import Silent; "
        f"url_cache.fetch(Path(sys.argv[1]), sys.argv[2], {MOST}, Silent(), allow_local=True)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path), web.url], cwd=PROJECT
    ) as child:
        while not stall.exists():
            time.sleep(0.05)
        child.kill()
    (tmp_path / "go").touch()
    assert url_cache.place(tmp_path, web.url) is None
    kept = len(objects(tmp_path))
    assert kept >= 5
    web.asked.clear()
    assert fetch(tmp_path, web.url)
    assert len(web.asked) <= 40 - kept
    found = here(tmp_path, web.url)
    assert found == files_of(web.folder) and len(found) == 40


def test_a_broken_connection_is_tried_again(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage_errors, "RETRY", RetryPolicy(tries=3, first_wait_s=0.0))
    (web.folder / "a.bin").write_bytes(b"a" * 100_000)
    fetch(tmp_path, web.url)
    (web.folder / "b.bin").write_bytes(b"b" * 100_000)
    web.faults["/b.bin"] = 2
    assert fetch(tmp_path, web.url)
    assert web.asked.count("/b.bin") == 3
    (web.folder / "c.bin").write_bytes(b"c" * 100_000)
    web.faults["/c.bin"] = 100
    with pytest.raises(StorageError, match=r"c\.bin") as said:
        fetch(tmp_path, web.url)
    assert "\n" not in str(said.value) and web.asked.count("/c.bin") == 3
    assert set(here(tmp_path, web.url) or ()) == {"a.bin", "b.bin"}, "what was there stays whole"


@pytest.mark.parametrize("newer", [b"NEW", b"longer"])
def test_a_storage_that_changes_meanwhile_is_not_mixed(
    newer: bytes, web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(object_storage, "MAX_CONCURRENT", 1)
    monkeypatch.setattr(storage_errors, "RETRY", RetryPolicy(tries=2, first_wait_s=0.0))
    names = ("a.bin", "b.bin", "c.bin")
    for name in names:
        (web.folder / name).write_bytes(b"old")

    def asked_for(name: str) -> None:
        if len(web.asked) == 2:
            for each in names:
                (web.folder / each).write_bytes(newer)

    web.asked_for = asked_for
    fetch(tmp_path, web.url)
    assert here(tmp_path, web.url) == dict.fromkeys(names, newer)
    web.asked_for = lambda _: (web.folder / "a.bin").write_bytes(bytes(len(web.asked)))  # type: ignore[assignment,return-value]
    (web.folder / "b.bin").write_bytes(b"newest")
    with pytest.raises(StorageError, match=r"changes while|more bytes|bytes came"):
        fetch(tmp_path, web.url)
    assert here(tmp_path, web.url) == dict.fromkeys(names, newer)


def test_more_than_may_be_kept_is_refused_before_it_is_brought(memory: Any, tmp_path: Path) -> None:
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
    web.links = ["../", "/", "/out.txt", "../out.txt", "?C=N;O=D", "#top", "http://127.0.0.1:9/x"]
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


def test_a_protocol_without_its_package_is_said(project: Project) -> None:
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


def test_s3_is_fetched(project: Project, tmp_path: Path) -> None:
    pytest.importorskip("s3fs")
    pytest.importorskip("moto.server")
    import boto3

    with s3() as env:
        moved, client = from_url(project, "s3://bucket/sets/skin"), boto3.client("s3")
        client.put_object(Bucket="bucket", Key="sets/skin/", Body=b"")  # as consoles make folders
        for name, data in files_of(moved).items():
            client.put_object(Bucket="bucket", Key=f"sets/skin/{name}", Body=data)
        project.run("fetch", "small", process=True, **env)
        assert here(project.folder, "s3://bucket/sets/skin") == files_of(moved)
        assert "nothing has changed" in project.run("fetch", "small", process=True, **env)
        name = min(files_of(moved))
        client.put_object(Bucket="bucket", Key=f"sets/skin/{name}", Body=b"new")
        assert url_cache.compare(project.folder, "s3://bucket/sets/skin").changed == [name]
        client.put_object(Bucket="bucket", Key="sets/skin/../../x", Body=b"bad")
        said = project.run("fetch", "small", code=4, process=True, **env)
        assert "leads out" in said
        said = project.run(
            "fetch",
            "small",
            code=4,
            process=True,
            **(env | {"AWS_ENDPOINT_URL": env["AWS_ENDPOINT_URL"] + "9"}),
        )
        assert "Traceback" not in said


def test_the_hub_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with hub() as server:
        from tests.hub import WRITER
        from tests.hub_datasets import Dataset, Entry

        files = {
            "a.txt": Entry(b"one", large=False),
            "deep/b.parquet": Entry(b"two" * 99, large=True),
        }
        server.datasets["lab/organs"] = Dataset(private=False)
        server.datasets["lab/organs"].commit("first", files)
        code = (
            "import sys; from pathlib import Path; from benchsmith.fetch import url_cache; "
            "from benchsmith.core.silent_progress import Silent; "
            f"print(url_cache.fetch(Path(sys.argv[1]), 'hf://datasets/lab/organs', {MOST}, Silent()))"
        )
        env = {**os.environ, "HF_ENDPOINT": server.url, "HF_TOKEN": WRITER, "HF_HUB_DISABLE_XET": "1",
               "HF_HOME": str(tmp_path / "hf")}  # fmt: skip

        def run() -> str:
            done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], env=env, cwd=PROJECT,
                                  capture_output=True, text=True, check=False)  # fmt: skip
            assert done.returncode == 0, done.stderr
            return done.stdout.strip()

        assert run() == "True"
        url = "hf://datasets/lab/organs"
        assert here(tmp_path, url) == {"a.txt": b"one", "deep/b.parquet": b"two" * 99}
        assert run() == "False"
        changed = files | {"deep/b.parquet": Entry(b"TWO" * 99, large=True)}
        server.datasets["lab/organs"].commit("second", changed)
        assert run() == "True"
        assert here(tmp_path, url) == {"a.txt": b"one", "deep/b.parquet": b"TWO" * 99}
