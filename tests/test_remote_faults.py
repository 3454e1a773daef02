"""Fetches that are killed, broken off, or meet files that change: nothing is half there or mixed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from benchsmith.core.retry import RetryPolicy
from benchsmith.fetch import object_storage, storage_errors, url_cache
from benchsmith.fetch.cache_files import JOURNAL
from benchsmith.fetch.storage_errors import StorageError
from tests.conftest import PROJECT
from tests.remote_sources import MOST, fetch, here, memory, objects, web
from tests.web import Web, files_of

__all__ = ["memory", "web"]

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
    (journal,) = (tmp_path / url_cache.CACHE).rglob(JOURNAL)
    recorded = sum(line.endswith("]") for line in journal.read_text("utf-8").splitlines())
    assert recorded in (kept - 1, kept)  # an object is kept first and recorded next
    web.asked.clear()
    assert fetch(tmp_path, web.url)
    # what the killed one had asked for may be answered late
    assert len(set(web.asked)) <= 40 - recorded
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
    with pytest.raises(StorageError, match=r"changed while|more bytes|bytes came"):
        fetch(tmp_path, web.url)
    assert here(tmp_path, web.url) == dict.fromkeys(names, newer)
