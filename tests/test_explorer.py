"""The explorer's files: every value equals that of the Parquet files, and nothing withheld is there."""

from __future__ import annotations

import base64
import json
import re
import threading
import urllib.error
import urllib.request
from io import BytesIO
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import PIL.Image
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchsmith.core.random_order import ranks
from benchsmith.documents import lexicon as lexicons
from benchsmith.gallery.serve_folder import server_of
from benchsmith.gallery.similar_pictures import MAP_SIDE, NEIGHBOURS, map_places, neighbours
from benchsmith.gallery.write_explorer import write_explorer
from tests import explorer_shards
from tests.conftest import Project


def rows_of(release: Path) -> dict[str, dict[str, Any]]:
    files = sorted((release / "data").glob("*.parquet"))
    return {r["id"]: r for f in files for r in pq.read_table(f).to_pylist()}


@pytest.fixture(scope="module")
def asked(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The small project with the answers of a baseline and their scores."""
    project = built.copy(tmp_path_factory.mktemp("asked") / "project")
    project.run("evaluate", "small", "--model", "baseline:random")
    project.run("scores", "small")
    return project


@pytest.fixture(scope="module")
def written(asked: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The explorer of the small benchmark, written by the command."""
    place = tmp_path_factory.mktemp("explorer") / "pages"
    told = json.loads(asked.run("explore", "small", "--out", str(place), "--json"))
    assert told["page"] == str(place / "index.html")
    assert told["questions"] == len(rows_of(asked.release))
    return place


def test_the_columns_are_those_of_the_release(built: Project, written: Path) -> None:
    wanted, lexicon = rows_of(built.release), lexicons.read(built.folder / "lexicon")
    found = explorer_shards.questions(written)
    assert [q["id"] for q in found if q["split"] == "val"] == [
        i for i, r in wanted.items() if r["split"] == "val"
    ]
    assert {q["id"] for q in found} == set(wanted)
    for own in found:
        row = wanted[own["id"]]
        assert (own["question"], own["options"]) == (row["question"], row["options"])
        assert ",".join("ABCDEFGHIJKLMNOP"[k] for k in own["key"]) == row["answer"]
        assert own["granularity"] == row["granularity"] and own["source"] == row["source"]
        for axis in ("task", "department", "modality"):
            assert lexicon.axes[axis][own[axis]].name == row[axis]
    of_target: dict[str, set[int]] = {}
    for own in found:
        of_target.setdefault(wanted[own["id"]]["target"], set()).add(own["target"])
    assert all(len(numbers) == 1 for numbers in of_target.values())
    assert len(set.union(*of_target.values())) == len(of_target)


def test_the_pictures_are_those_of_the_questions(built: Project, written: Path) -> None:
    """A compressed picture is nearest to its own original, and has its size."""
    wanted = rows_of(built.release)
    full, small = (explorer_shards.every(written, kind) for kind in ("full", "small"))
    found = explorer_shards.questions(written)
    sizes = explorer_shards.shard(written, "questions")["sizes"]
    assert (
        len(full)
        == len(small)
        == len(sizes)
        == len({wanted[q["id"]]["image"]["bytes"] for q in found})
    )
    for own in found[:: max(1, len(found) // 25)]:
        original = decoded(wanted[own["id"]]["image"]["bytes"])
        copy = decoded(base64.b64decode(full[own["picture"]]))
        assert copy.shape == original.shape
        assert sizes[own["picture"]] == [original.shape[1], original.shape[0]]
        assert float(np.corrcoef(copy.ravel(), original.ravel())[0, 1]) > 0.95
        side = PIL.Image.open(BytesIO(base64.b64decode(small[own["picture"]])))
        assert max(side.size) == min(200, max(original.shape[:2]))


def decoded(data: bytes) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.asarray(PIL.Image.open(BytesIO(data)).convert("RGB"), np.float64)


def test_provenance_is_reported_in_words(built: Project, written: Path) -> None:
    facts = explorer_shards.every(written, "facts")
    ids = [q["id"] for q in explorer_shards.questions(written)]
    wanted = {r["id"]: r for r in pq.read_table(built.release / "provenance.parquet").to_pylist()}
    assert len(facts) == len(ids)
    for id_, own in zip(ids, facts, strict=True):
        row, told = wanted[id_], dict(own)
        assert told["SHA-256 of the picture"] == row["picture_sha256"]
        assert told["label in the source"] == row["raw_label"]
        assert told["label decided at"] == row["decided_at"]


def test_models_answers_are_those_of_the_scores(asked: Project, written: Path) -> None:
    columns = explorer_shards.shard(written, "questions")
    ((name, given),) = columns["models"].items()
    assert "random" in name
    right = [set(a or ()) == set(k) for a, k in zip(given, columns["keys"], strict=True)]
    assert sum(right) not in (0, len(right))
    table = next((asked.folder / "output/small").rglob("answers.parquet"))
    hits = {r["case"]: bool(r["hit"]) for r in pq.read_table(table).to_pylist()}
    assert dict(zip(columns["ids"], right, strict=True)) == hits


def numbers(name: str, rows: int, columns: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return numbers around 0, each a sum of four uniform ones."""
    drawn = np.frombuffer(ranks(4, [name], map(str, range(rows * columns))), np.uint16)
    return drawn.reshape(rows, columns, -1)[..., :4].sum(axis=2) / 2**16 - 2.0


def test_neighbours_are_the_most_similar_pictures_of_other_targets() -> None:
    looks = numbers("looks", 700, 16).astype(np.float32)
    looks[1] = looks[0]  # the same picture, of the same target
    looks[600] = looks[0]  # the same picture, of another one
    looks /= np.linalg.norm(looks, axis=1, keepdims=True)
    targets = [str(max(n, 1)) for n in range(700)]
    near = neighbours(looks, targets)
    assert near[0][0] == near[1][0] == 600
    assert 0 not in near[1] and 1 not in near[0]
    exact = looks.astype(np.float64) @ looks.astype(np.float64).T
    for n in range(2, 700, 37):
        others = [m for m in range(700) if m != n]
        best = sorted(others, key=lambda m: -exact[n, m])[:NEIGHBOURS]
        assert len(near[n]) == NEIGHBOURS
        assert np.allclose(exact[n, near[n]], exact[n, best], atol=2e-4)


def test_a_map_keeps_the_first_two_components_in_order() -> None:
    plane = numbers("plane", 200, 2) * [9, 3]
    turn, _ = np.linalg.qr(numbers("turn", 12, 12))
    looks = (plane @ turn[:2] + numbers("noise", 200, 12) * 1e-4).astype(np.float32)
    places = np.array(map_places(looks))
    assert places.min() == 0 and places.max() == MAP_SIDE
    for axis in (0, 1):
        order = np.argsort(np.argsort(plane[:, axis]))
        assert abs(np.corrcoef(order, places[:, axis])[0, 1]) > 0.99
    assert map_places(looks[:1]) == [(500, 500)]


def test_the_same_release_gives_the_same_bytes(built: Project, tmp_path: Path) -> None:
    lexicon = lexicons.read(built.folder / "lexicon")
    found = []
    for name in ("one", "two"):
        write_explorer(built.release, tmp_path / name, lexicon, title="Small", build="b")
        found.append({p.name: p.read_bytes() for p in (tmp_path / name).rglob("*.js")})
    assert found[0] == found[1]


def test_an_exported_explorer_changes_nothing_that_datasets_reads(copy: Project) -> None:
    before = datasets.load_dataset(str(copy.release), "all", cache_dir=str(copy.folder / "a"))
    file = copy.folder / "benchmarks/small.yaml"
    exports = "exports: [parquet, provenance, card, report, explorer]\n"
    file.write_text(file.read_text("utf-8") + exports, "utf-8")
    copy.run("build", "small", "--workers", "1")
    folder = copy.release / "explorer"
    assert len(explorer_shards.questions(folder)) == len(rows_of(copy.release))
    assert {p.suffix for p in folder.rglob("*") if p.is_file()} == {".html", ".js"}
    after = datasets.load_dataset(str(copy.release), "all", cache_dir=str(copy.folder / "b"))
    assert {s: d.num_rows for s, d in before.items()} == {s: d.num_rows for s, d in after.items()}
    assert before["test"].features == after["test"].features
    report = (copy.release / "report.html").read_text("utf-8")
    linked = re.findall(r'href="explorer/index.html#id=([0-9a-f]+)"', report)
    assert linked and set(linked) <= rows_of(copy.release).keys()
    manifest = json.loads((copy.release / "manifest.json").read_text("utf-8"))
    assert "explorer/index.html" in manifest["files"]


def test_a_hidden_split_has_no_key_because_the_release_has_none(
    built: Project, tmp_path: Path
) -> None:
    """The Parquet files of a hidden split lack the columns' values, as `test_hidden` holds."""
    release = tmp_path / "release"
    (release / "data").mkdir(parents=True)
    hidden = ("answer", "label", "department", "source", "licence", "target", "mirror", "group")
    for file in (built.release / "data").glob("*.parquet"):
        table = pq.read_table(file)
        for name in hidden:
            place = table.schema.get_field_index(name)
            none = [None] * len(table)
            table = table.set_column(place, table.schema.field(name), pa.array(none, pa.string()))
        pq.write_table(table, release / "data" / file.name)
    write_explorer(
        release, tmp_path / "pages", lexicons.read(built.folder / "lexicon"), title="t", build="b"
    )
    found = explorer_shards.questions(tmp_path / "pages")
    assert found and not any(q["key"] for q in found)
    columns = explorer_shards.shard(tmp_path / "pages", "questions")
    assert {a["id"] for a in columns["axes"]}.isdisjoint({"label", "department", "source"})
    assert set(columns["targets"]) == {-1}
    assert not any(explorer_shards.every(tmp_path / "pages", "facts"))


def test_what_is_no_release_is_refused(built: Project, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    told = built.run("explore", "small", "--out", str(tmp_path / "there"), code=4)
    assert "exists already" in told
    assert "there is no release" in built.run(
        "explore", "smal", "--out", str(tmp_path / "x"), code=2
    )
    assert not (tmp_path / "x").exists()


def test_the_server_answers_this_machine_alone(written: Path) -> None:
    with server_of(written, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        with urllib.request.urlopen(f"{address}/shards/questions.js") as answer:  # noqa: S310
            assert answer.read() == (written / "shards/questions.js").read_bytes()
        foreign = urllib.request.Request(f"{address}/", headers={"Host": "evil.example:80"})  # noqa: S310
        with pytest.raises(urllib.error.HTTPError, match="421"):
            urllib.request.urlopen(foreign)  # noqa: S310
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{address}/../../secret")  # noqa: S310
        server.shutdown()
