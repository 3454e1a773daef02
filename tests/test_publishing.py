"""Releases that are published: once, only what has changed, after a broken upload, with a token."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import Project
from tests.hub import DROP, LARGE, LOST, READER, STRANGER, WRITER, Server
from tests.hub_datasets import Entry
from tests.hub_publishing import REPO, Publish, command, forget, other, publish, rewrite, server
from tests.paths import PYTHONPATH

__all__ = ["command", "other", "publish", "server"]


def environment(server: Server, place: Path, token: str = WRITER) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": PYTHONPATH,
        "HF_ENDPOINT": server.url,
        "HF_TOKEN": token,
        "HF_HOME": str(place),
        "HF_HUB_DISABLE_XET": "1",
    }


def sent(server: Server) -> dict[str, int]:
    """Return how often each large file came, in whole."""
    return {
        oid: round(server.received[oid] / len(content)) for oid, content in server.stored.items()
    }


def test_a_release_is_published_once_and_loads_back_as_it_is(
    built: Project, server: Server, publish: Publish, tmp_path: Path
) -> None:
    said = publish("small", "--private")
    dataset = server.datasets[REPO]
    assert dataset.private
    assert len(dataset.commits) == 2, "the first one is the Hub's own"
    release = built.bytes_of_release()
    assert dataset.files == {**release, ".gitattributes": dataset.files[".gitattributes"]}
    assert dataset.tags == {"v1.0.0": dataset.commits[-1].sha}
    assert "small 1.0.0 (build " in dataset.commits[-1].message
    assert f"{server.url}/datasets/{REPO}" in said
    assert f'load_dataset("{REPO}", "all", split="test", revision="v1.0.0")' in said
    assert server.asked("PUT", "/storage/.*/2$") >= 1, "a large file went in parts"

    before = len(server.requests), sent(server)
    assert "nothing to do" in publish("small")
    assert len(dataset.commits) == 2
    assert sent(server) == before[1]
    assert all(method in ("GET", "HEAD") for method, _ in server.requests[before[0] :])

    load = (
        "import datasets, json\n"
        f"found = datasets.load_dataset({REPO!r}, revision='v1.0.0')\n"
        "row = found['test'][0]\n"
        "print(json.dumps({'rows': {s: d.num_rows for s, d in found.items()},\n"
        "                  'id': row['id'], 'size': row['image'].size}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", load],
        env=environment(server, tmp_path / "reader", READER),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["rows"] == json.loads(release["manifest.json"])["cases"]
    assert min(found["size"]) > 0
    assert server.asked("GET", f"/datasets/{REPO}/resolve/.*data/test--"), "it came over HTTP"


def test_a_changed_release_sends_what_changed_and_deletes_what_vanished(
    other: Project, server: Server, publish: Publish, tmp_path: Path
) -> None:
    publish("small", home=other.folder)
    dataset = server.datasets[REPO]
    old = dict(dataset.files)
    mine = Entry(b"by hand", False)
    dataset.commit("a note", {**dataset.commits[-1].files, "NOTE.md": mine})

    release = shutil.copytree(other.release, tmp_path / "next")
    forget(release, "vlmevalkit/small_VAL.tsv", "provenance.parquet")
    rewrite(release, "README.md", (release / "README.md").read_text() + "\nRevised.\n")
    before = sent(server)
    refused = publish("--folder", str(release), home=other.folder, code=5)
    assert "already has the tag v1.0.0" in refused
    assert "raise `version` in benchmarks/small.yaml" in refused
    assert len(dataset.commits) == 3

    said = publish(
        "--folder", str(release), "--tag", "v1.1.0", "--message", "Cut", home=other.folder
    )
    assert len(dataset.commits) == 4
    assert dataset.commits[-1].message == "Cut"
    assert sent(server) == before, "no large file changed"
    gone = old.keys() - dataset.files.keys()
    assert gone == {"vlmevalkit/small_VAL.tsv", "provenance.parquet"}
    assert dataset.files["NOTE.md"] == mine.content
    assert "kept, since they belong to no release: NOTE.md" in said
    changed = {n for n in dataset.files.keys() & old.keys() if dataset.files[n] != old[n]}
    assert changed == {"README.md", "manifest.json"}
    assert "2 files to send" in said
    assert dataset.tags == {"v1.0.0": dataset.commits[1].sha, "v1.1.0": dataset.commits[3].sha}


def test_a_subset_is_published_from_its_folder(
    command: Publish, server: Server, publish: Publish, tmp_path: Path
) -> None:
    place = tmp_path / "cut"
    command("subset", "granularity=box", "--from", "small", "--to", str(place))
    said = publish("--folder", str(place))
    assert "of granularity=box" in said
    there = server.datasets[REPO].files
    assert json.loads(there["manifest.json"])["subset"] == "granularity=box"
    assert there["README.md"] == (place / "README.md").read_bytes()


def test_after_a_broken_upload_nothing_is_sent_twice(
    built: Project, server: Server, publish: Publish, tmp_path: Path
) -> None:
    """The client is killed in the middle of the largest file, and the command is run again."""
    sizes = {p: p.stat().st_size for p in built.release.rglob("*") if p.is_file()}
    big = hashlib.sha256(max(sizes, key=lambda p: sizes[p]).read_bytes()).hexdigest()
    others = sum(p.name.endswith(LARGE) for p in sizes) - 1
    server.stall = lambda oid: oid == big
    words = ["publish", "small", "--repo", REPO, "--yes"]
    client = subprocess.Popen(
        [sys.executable, "-m", "benchsmith", *words],
        cwd=built.folder,
        env=environment(server, tmp_path / "writer"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert server.stalled.wait(60), "the large file never began"
        deadline = time.monotonic() + 20
        while len(server.stored) < others and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        client.kill()
        client.wait()
    arrived = set(server.stored)
    assert len(arrived) == others, "the smaller ones of the large files had come"
    assert big not in arrived
    assert len(server.datasets[REPO].commits) == 1, "half a release is never seen"

    server.stall = lambda _: False
    said = publish("small")
    assert "published" in said
    assert len(server.datasets[REPO].commits) == 2
    assert all(n == 1 for oid, n in sent(server).items() if oid in arrived)
    assert big in server.stored
    assert server.datasets[REPO].tags == {"v1.0.0": server.datasets[REPO].commits[1].sha}


def test_a_busy_hub_is_asked_again_and_a_lost_answer_makes_no_second_commit(
    server: Server, publish: Publish
) -> None:
    server.faults = [
        ("GET", "/whoami", 429, {"Retry-After": "1"}),
        ("GET", f"/{REPO}/refs", 503, {}),
        ("POST", "/objects/batch", 503, {}),
        ("PUT", "/storage/", DROP, {}),
        ("POST", "/commit/", 412, {}),
        ("POST", "/commit/", LOST, {}),
        ("POST", "/tag/", 500, {}),
    ]
    publish("small")
    assert not server.faults, "each of them happened"
    dataset = server.datasets[REPO]
    assert len(dataset.commits) == 2
    assert dataset.commits[1].parent == dataset.commits[0].sha
    assert dataset.tags == {"v1.0.0": dataset.commits[1].sha}


@pytest.mark.parametrize(
    ("token", "told"),
    [
        ("hf_unknown", "does not know this token"),
        (READER, "has no write permission"),
        (STRANGER, f"may not write to {REPO}"),
    ],
)
def test_a_token_without_permission_is_reported(
    server: Server, publish: Publish, token: str, told: str
) -> None:
    said = publish("small", who=token, code=4)
    assert told in said
    assert "HF_TOKEN" in said or "permission" in said
    assert not server.datasets


def test_without_a_token_it_says_where_to_get_one(
    server: Server, publish: Publish, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_TOKEN_PATH", str(tmp_path / "none"))
    said = publish("small", who=" ", code=4)
    assert "there is no token" in said
    assert "hf auth login" in said
    assert not server.requests


def test_a_dry_run_sends_nothing_at_all(built: Project, server: Server, publish: Publish) -> None:
    said = publish("small", "--dry-run", who="hf_none")
    assert not server.requests
    for name, content in built.bytes_of_release().items():
        assert name in said
        assert f"{len(content) / 1e3:.1f} kB" in said or f"{len(content)} B" in said
    assert "abdomen: CC0 1.0" in said
    assert f"dry run: nothing was sent to {REPO}" in said


@pytest.mark.parametrize(("answer", "datasets"), [("n", 0), ("y", 1)])
def test_it_asks_before_it_sends(
    server: Server,
    command: Publish,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    datasets: int,
) -> None:
    keyboard, terminal = os.openpty()
    os.write(keyboard, f"{answer}\n".encode())
    with os.fdopen(terminal, encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        said = command("publish", "small", "--repo", REPO)
    os.close(keyboard)
    assert "PUBLIC: everybody sees it" in said
    assert ("nothing was sent" in said) == (answer == "n")
    assert len(server.datasets) == datasets
