"""Each shipped recipe, run backwards: from a miniature in the benchmark's layout to what must be adopted."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from benchsmith.adopt.adopt_set import adopt
from benchsmith.adopt.lexicon_terms import TreeWords
from benchsmith.core.silent_progress import Silent
from benchsmith.documents import adoption
from benchsmith.evaluate import release_reader
from tests.foreign_sets import MINIATURES
from tests.paths import PROJECT


def cases(release: Path) -> list[dict[str, Any]]:
    """Return the rows of a release, read with pyarrow alone."""
    return [r for f in sorted(release.glob("data/*.parquet")) for r in pq.read_table(f).to_pylist()]


@pytest.fixture(scope="module")
def words() -> TreeWords:
    return TreeWords.of(PROJECT)


def test_every_shipped_recipe_has_a_miniature() -> None:
    assert adoption.names(PROJECT) == sorted(MINIATURES)


@pytest.mark.parametrize("name", sorted(MINIATURES))
def test_a_recipe_finds_what_its_benchmark_holds(
    name: str, words: TreeWords, tmp_path: Path
) -> None:
    wanted = MINIATURES[name](tmp_path / "data")
    _, recipe = adoption.read(name, PROJECT)
    found = adopt(name, recipe, tmp_path / "data", tmp_path / "out", words, Silent())
    rows = cases(found.folder)
    assert {
        (
            r["question"],
            tuple(r["options"]),
            r["label"] or "",
            r["split"],
            hashlib.sha256(r["image"]["bytes"]).hexdigest(),
        )
        for r in rows
    } == wanted.cases
    for r in rows:
        right = (
            [r["options"]["ABCDEFGHIJ".index(a)] for a in r["answer"].split(",")]
            if r["answer"]
            else []
        )
        assert "; ".join(right) == (r["label"] or "")
    assert found.left_out == dict(wanted.left_out)
    assert found.rows == len(rows) + sum(wanted.left_out.values())
    assert len(release_reader.read(found.folder).items) == len(rows)
    manifest = json.loads((found.folder / "manifest.json").read_text())
    assert manifest["cases"] == found.cases
    hidden = {case[3] for case in wanted.cases if not case[2]}
    assert manifest["hidden"] == sorted(hidden)


def test_what_a_benchmark_says_of_a_case_is_found_in_the_tree(
    words: TreeWords, tmp_path: Path
) -> None:
    MINIATURES["gmai-mmbench"](tmp_path / "data")
    _, recipe = adoption.read("gmai-mmbench", PROJECT)
    found = adopt("gmai", recipe, tmp_path / "data", tmp_path / "out", words, Silent())
    row = next(r for r in cases(found.folder) if r["split"] == "val")
    said = [row[c] for c in ("task", "department", "modality", "granularity", "source", "answers")]
    assert said == ["Disease Diagnosis", "Urology", "CT", "box", "gmai", "one"]


def test_a_volume_is_counted_as_one(words: TreeWords, tmp_path: Path) -> None:
    MINIATURES["deeptumorvqa"](tmp_path / "data")
    _, recipe = adoption.read("deeptumorvqa", PROJECT)
    (rows,) = recipe.rows
    volume = rows.picture.model_copy(update={"path": "benchmark/ct/{image_id}/ct.nii.gz"})
    turned = recipe.model_copy(update={"rows": (rows.model_copy(update={"picture": volume}), rows)})
    found = adopt("tumour", turned, tmp_path / "data", tmp_path / "out", words, Silent())
    assert (found.rows, found.left_out) == (4, {"no-picture": 1, "volume": 2})


def test_one_file_may_be_written_without_a_list(tmp_path: Path) -> None:
    """The message for a text spoke of a tuple, which YAML does not have."""
    (tmp_path / "adopted_sets").mkdir()
    given = (PROJECT / "adopted_sets/cares.yaml").read_text("utf-8")
    place = "files: [data/IU-Xray/iuxray_factuality.jsonl]"
    assert place in given
    alone = given.replace(place, place.replace("[", "").replace("]", ""))
    (tmp_path / "adopted_sets/cares.yaml").write_text(alone, "utf-8")
    assert adoption.read("cares", tmp_path)[1] == adoption.read("cares", PROJECT)[1]
