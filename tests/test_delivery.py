"""Releases copied to URLs: complete, no byte sent twice, and only what may be published."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from benchsmith.core.errors import GateFailed
from benchsmith.core.retry import RetryPolicy
from benchsmith.core.silent_progress import Silent
from benchsmith.core.verdicts import FAIL
from benchsmith.documents import lexicon
from benchsmith.fetch import object_storage, storage_errors
from benchsmith.fetch.storage_errors import StorageError
from benchsmith.publish import delivery, shipment
from benchsmith.publish.shipment import Shipment
from tests.conftest import Project
from tests.web import files_of, s3


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return an empty storage in memory."""
    import fsspec

    monkeypatch.setattr(storage_errors, "RETRY", RetryPolicy(tries=2, first_wait_s=0.0))
    found = fsspec.filesystem("memory")
    yield found
    found.store.clear()
    found.pseudo_dirs[:] = [""]


def goods_of(project: Project) -> Shipment:
    words = lexicon.read(project.folder / "lexicon")
    output = project.folder / "output"
    return shipment.of_benchmark(project.folder, output, "small", words.licences)


def test_a_release_is_copied_whole_and_once(built: Project, tmp_path: Path) -> None:
    url = f"file://{tmp_path}/bucket/small"
    there = tmp_path / "bucket/small"
    said = built.run("deliver", "small", "--to", url, "--dry-run")
    assert "nothing was sent" in said and not there.exists()
    said = built.run("deliver", "small", "--to", url)
    files = built.bytes_of_release()
    assert f"delivered: {url}" in said and f"{len(files)} files to send" in said
    assert files_of(there) == files
    (there / "report.html").write_bytes(files["report.html"][:-1])
    assert "  1 files to send" in built.run("deliver", "small", "--to", url)
    assert files_of(there) == files
    states = {p: p.stat().st_mtime_ns for p in there.rglob("*")}
    said = built.run("deliver", "small", "--to", url)
    assert "nothing to do" in said and f"{len(files)} unchanged" in said
    assert {p: p.stat().st_mtime_ns for p in there.rglob("*")} == states


def test_a_new_version_replaces_an_older_one_and_nothing_else(
    built: Project, tmp_path: Path
) -> None:
    project, there = built.copy(tmp_path / "project"), tmp_path / "bucket"
    url = f"file://{there}"
    project.run("deliver", "small", "--to", url)
    (there / "notes.txt").write_text("mine")
    manifest = json.loads((there / "manifest.json").read_text())
    manifest["files"]["data/old.parquet"] = "0" * 64
    (there / "manifest.json").write_text(json.dumps(manifest))
    (there / "data/old.parquet").write_bytes(b"of an earlier release")
    path = project.folder / "benchmarks/small.yaml"
    path.write_text(path.read_text().replace("title: Small", "title: Smaller"))
    project.run("build", "small", "--workers", "1")
    table = next(n for n in project.bytes_of_release() if n.endswith(".parquet"))
    before = (there / table).stat().st_mtime_ns
    said = project.run("deliver", "small", "--to", url)
    assert "deleted, since this release does not have them: data/old.parquet" in said
    assert "kept, since they belong to no release: notes.txt" in said
    assert files_of(there) == project.bytes_of_release() | {"notes.txt": b"mine"}
    (there / "data/test--more.parquet").write_bytes(b"of somebody else")
    said = project.run("deliver", "small", "--to", url, code=5)
    assert "in folders of the release that belong to none (data/test--more.parquet)" in said
    (there / "data/test--more.parquet").unlink()
    same = (
        manifest["files"][table]
        == json.loads((there / "manifest.json").read_text())["files"][table]
    )
    assert same == ((there / table).stat().st_mtime_ns == before)
    assert "nothing to do" in project.run("deliver", "small", "--to", url)


def test_a_reader_that_finds_the_manifest_finds_all_that_it_names(
    built: Project, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Break the line at every call that changes the place, once each; then go on."""
    goods, url = goods_of(built), "memory://out/r"
    wanted = built.bytes_of_release()
    older = dict.fromkeys(("data/gone.parquet", "README.md"), b"of an earlier release")
    shas = {name: hashlib.sha256(data).hexdigest() for name, data in older.items()}
    manifest = json.dumps({"benchmark": "small", "files": shas}).encode()
    sent: list[str] = []

    def check_named() -> None:
        there = present(memory)
        for name, sha in json.loads(there.get("manifest.json", b"{}")).get("files", {}).items():
            assert hashlib.sha256(there[name]).hexdigest() == sha

    whole = {name: getattr(type(memory), name) for name in ("put_file", "pipe_file", "rm_file")}
    calls = [0, 0]

    def breaking(name: str) -> Any:
        def call(self: Any, *words: Any, **more: Any) -> Any:
            calls[0] += 1
            if calls[0] >= calls[1]:
                raise ConnectionError("the line is gone")
            found = whole[name](self, *words, **more)
            if name == "put_file":
                sent.append(str(words[1]).removeprefix("/out/r/"))
            check_named()
            return found

        return call

    for name in whole:
        monkeypatch.setattr(type(memory), name, breaking(name))
    monkeypatch.setattr(object_storage, "MAX_CONCURRENT", 1)
    step = 0
    while True:
        step += 1
        calls[:] = [0, 1_000_000]
        for name, data in {**older, "manifest.json": manifest}.items():
            memory.pipe_file(f"/out/r/{name}", data)
        calls[:] = [0, step]
        sent.clear()
        there = delivery.compare(goods, url)
        with suppress(StorageError):
            delivery.send(there, goods, Silent())
        stopped = calls[0] >= step
        if stopped:
            calls[:] = [0, 1_000_000]
            delivery.send(delivery.compare(goods, url), goods, Silent())
        assert present(memory) == wanted
        if not stopped:
            break
        memory.store.clear()
    assert step > len(wanted)
    assert sent[-1] == "manifest.json" and sorted(sent) == sorted(wanted)


def present(memory: Any) -> dict[str, bytes]:
    return {
        path.removeprefix("/out/r/"): file.getvalue()
        for path, file in memory.store.items()
        if path.startswith("/out/r/")
    }


def test_what_has_arrived_is_not_sent_again(
    built: Project, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    goods, url = goods_of(built), "memory://out/r"
    monkeypatch.setattr(delivery, "NOTE_BYTES", 1)
    monkeypatch.setattr(object_storage, "MAX_CONCURRENT", 1)
    put, sent = type(memory).put_file, list[str]()

    def few(self: Any, local: str, there: str, **more: Any) -> None:
        if len(sent) == 3:
            raise ConnectionError("the line is gone")
        sent.append(there)
        put(self, local, there, **more)

    monkeypatch.setattr(type(memory), "put_file", few)
    with pytest.raises(StorageError):
        delivery.send(delivery.compare(goods, url), goods, Silent())
    there = delivery.compare(goods, url)
    assert there.under_way and there.unchanged == 3
    monkeypatch.setattr(type(memory), "put_file", put)
    delivery.send(there, goods, Silent())
    assert present(memory) == built.bytes_of_release()
    again = delivery.compare(goods, url)
    assert not again.changes and again.unchanged == len(goods.files)


def test_a_place_with_something_else_is_left_as_it_is(built: Project, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("mine")
    said = built.run("deliver", "small", "--to", f"file://{tmp_path}/mine", code=5)
    assert "name an empty target" in said and "thesis.txt" in said
    (tmp_path / "mine/manifest.json").write_text('{"benchmark": "other", "files": {}}')
    said = built.run("deliver", "small", "--to", f"file://{tmp_path}/mine", code=5)
    assert "a release of other, not of small" in said
    assert set(files_of(tmp_path / "mine")) == {"thesis.txt", "manifest.json"}


def test_what_may_not_be_published_is_not_copied(built: Project, tmp_path: Path) -> None:
    project, url = built.copy(tmp_path / "project"), f"file://{tmp_path}/bucket"
    verdicts = project.folder / "output/small/audit.json"
    found = json.loads(verdicts.read_text())
    hard = next(v for v in found["checks"] if v["hard"])
    hard |= {"outcome": FAIL, "waived_by": ""}
    verdicts.write_text(json.dumps(found))
    said = project.run("deliver", "small", "--to", url, code=5)
    assert hard["check"] in said
    shutil.copy(built.folder / "output/small/audit.json", verdicts)
    (project.release / "README.md").write_text("other")
    said = project.run("deliver", "small", "--to", url, code=5)
    assert "README.md was changed" in said
    with pytest.raises(GateFailed):
        goods_of(project)
    assert not (tmp_path / "bucket").exists()


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("bucket/small", "is not a URL"),
        ("https://host/small", "nothing can be copied to https"),
        ("hf://datasets/lab/organs", "benchsmith publish"),
        ("s3://me:key@bucket/small", "before the host"),
    ],
)
def test_a_place_that_cannot_be_one_is_reported(built: Project, to: str, words: str) -> None:
    assert words in built.run("deliver", "small", "--to", to, code=2)


def test_a_release_comes_to_s3(built: Project) -> None:
    pytest.importorskip("s3fs")
    pytest.importorskip("moto.server")
    import boto3

    with s3() as env:
        url, client = "s3://bucket/sets/small", boto3.client("s3")
        built.run("deliver", "small", "--to", url, process=True, **env)
        listed = client.list_objects_v2(Bucket="bucket", Prefix="sets/small/")["Contents"]
        assert {
            o["Key"].removeprefix("sets/small/"): client.get_object(Bucket="bucket", Key=o["Key"])[
                "Body"
            ].read()
            for o in listed
        } == built.bytes_of_release()
        assert "nothing to do" in built.run("deliver", "small", "--to", url, **env)
        said = built.run("deliver", "small", "--to", "s3://nowhere/small", code=4, **env)
        assert "nowhere" in said and "Traceback" not in said
        assert [b["Name"] for b in client.list_buckets()["Buckets"]] == ["bucket"], "none is made"
