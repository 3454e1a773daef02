"""What may be done with a hidden split: queries, publishing, harnesses."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from benchsmith.core.errors import GateFailed, InputMissing
from benchsmith.core.model import Question
from benchsmith.documents import library, query
from benchsmith.evaluate import answer_log, locations, release_reader, run_record
from benchsmith.evaluate.answer_log import Run
from benchsmith.evaluate.contract import Answer
from benchsmith.publish import shipment
from benchsmith.release.hidden_splits import reorder_options
from tests.conftest import Project
from tests.hidden_releases import answers, private, secret, shown

__all__ = ["answers", "secret"]


def words_of(project: Project) -> library.Library:
    words = library.read(project.folder)
    return words


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("label=liver", True),
        ("department=gastroenterology", True),
        ("source=abdomen", True),
        ("label!=rib", True),
        ("task=bone split=test", False),
        ("modality=ct granularity=mask", False),
    ],
)
def test_a_query_that_reveals_answers_is_recognised(
    secret: Project, text: str, tells: bool
) -> None:
    words = words_of(secret)
    assert query.parse(text, words.lexicon, words.sources).reveals_answer() == tells


def test_a_cut_that_would_tell_is_refused(secret: Project, tmp_path: Path) -> None:
    """Whoever knows that a case is in the cut `label=liver` knows its answer."""
    place = str(tmp_path / "cut")
    said = secret.run("subset", "label=liver", "--from", "small", "--to", place, code=2)
    assert "hidden" in said and "split!=test" in said
    assert not Path(place).exists()
    secret.run("subset", "label=liver split!=test", "--from", "small", "--to", place)
    assert {r["split"] for r in shown(Path(place)).values()} == {"val"}
    secret.run("subset", "task=bone", "--from", "small", "--to", place)
    cut = shown(Path(place))
    whole = shown(secret.release)
    assert {r["split"] for r in cut.values()} == {"val", "test"}
    assert all(whole[i]["options"] == row["options"] for i, row in cut.items())


def test_publish_ships_no_private_file(secret: Project, tmp_path: Path) -> None:
    """Neither the folder itself, nor one that was copied into a release, nor answers put back."""
    licences = words_of(secret).lexicon.licences
    with pytest.raises(InputMissing, match="is not a release"):
        shipment.of_folder(secret.folder, private(secret), licences)
    goods = shipment.of_benchmark(secret.folder, secret.folder / "output", "small", licences)
    assert {f.name for f in goods.files} == secret.bytes_of_release().keys()
    release = tmp_path / "release"
    shutil.copytree(secret.release, release)
    shutil.copytree(private(secret), release / "private")
    with pytest.raises(
        GateFailed, match=r"private/answers\.parquet does not belong to this release"
    ):
        shipment.of_folder(secret.folder, release, licences)
    shutil.rmtree(release / "private")
    path = next((release / "data").glob("test--*.parquet"))
    table = pq.read_table(path)
    told = table.set_column(table.schema.get_field_index("answer"), "answer", [["A"] * len(table)])
    pq.write_table(told, path)
    manifest = json.loads((release / "manifest.json").read_text())
    manifest["files"][f"data/{path.name}"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (release / "manifest.json").write_text(json.dumps(manifest))
    said = secret.run("publish", "--folder", str(release), "--repo", "me/it", "--dry-run", code=5)
    assert f"data/{path.name} contains answers of the hidden split test" in said


def test_a_split_without_a_share_cannot_be_hidden(project: Project) -> None:
    path = project.folder / "benchmarks/small.yaml"
    path.write_text(path.read_text().replace("val: 1", "val: 0") + "hidden: [val]\n")
    said = project.run("check", "small", code=2)
    assert "`hidden` names the split `val`, but its share is 0" in said


def test_positions_are_dealt_evenly_by_the_key() -> None:
    """Each place is the answer's equally often, and which it is follows from the key alone."""

    def question(i: int) -> Question:
        return Question(
            id=f"q{i}", target=f"t{i}", source="s", sample="x", split="test", view="image", task="t",
            department="d", modality="m", label="a", stem_at="", question="?",
            options=("a", "b", "c", "d"), option_labels=("a", "b", "c", "d"), answers=(0,),
            pool="p", pool_size=9, several=False, mirror="",
        )  # fmt: skip

    questions = [question(i) for i in range(402)]
    one = reorder_options(questions, ["test"], b"1" * 32)
    two = reorder_options(questions, ["test"], b"2" * 32)
    for dealt in (one, two):
        places = Counter(q.answers[0] for q in dealt)
        assert sorted(places.values()) == [100, 100, 101, 101]
        assert all(q.options[q.answers[0]] == "a" for q in dealt)
        others = Counter(q.options for q in dealt)
        assert len(others) == 24 and max(others.values()) < 40
    same = sum(a.answers == b.answers for a, b in zip(one, two, strict=True))
    assert 60 < same < 145  # by chance 100
    assert reorder_options(questions, ["val"], b"1" * 32) == questions
    assert reorder_options(list(reversed(questions)), ["test"], b"1" * 32)[::-1] == one


@pytest.mark.parametrize("harness", ["lm_eval", "lmms_eval"])
def test_a_hidden_split_is_asked_by_the_harnesses_and_scored_from_their_logs(
    secret: Project, answers: dict[str, dict[str, Any]], harness: str, tmp_path: Path
) -> None:
    """The tasks know no answer; every second reply is right, and `score` finds that."""
    folder = secret.release / harness
    assert {"small_test.yaml", "small_test_several.yaml", "small_val.yaml"} <= {
        p.name for p in folder.iterdir()
    }
    assert "metric: answered" in (folder / "small_test.yaml").read_text()
    space: dict[str, Any] = {"__name__": "cases"}
    exec(compile((folder / "cases.py").read_text(), "cases.py", "exec"), space)  # noqa: S102
    docs = [d for d in shown(secret.release).values() if d["split"] == "test"]
    lines = []
    for place, doc in enumerate(docs):
        assert space["target"](doc) == ""
        reply = answers[doc["id"]]["answer"] if place % 2 == 0 else "I do not know."
        found = space["results"](doc, [reply])
        assert found["answered"] == (place % 2 == 0)
        named = {} if harness == "lmms_eval" else {"doc": {**doc, "image": "0" * 64}}
        line = {"doc_id": place, "resps": [[reply]], "filtered_resps": [reply], **named, **found}
        lines.append(json.dumps(line))
    path = tmp_path / "samples_small_test.jsonl"
    path.write_text("\n".join(lines))
    said = json.loads(
        secret.run("score", str(path), "--key", str(private(secret) / "answers.parquet"), "--json")
    )
    whole = {
        r["answers"]: r for r in said["scores"] if r["axis"] == "overall" and r["split"] == "test"
    }
    assert sum(r["right"] for r in whole.values()) == (len(docs) + 1) // 2
    assert sum(r["abstained"] for r in whole.values()) == len(docs) // 2
    assert said["absent"] == 0 and said["cases"] == len(docs)


def test_a_run_about_a_hidden_split_is_recorded_with_its_score_where_the_key_is(
    secret: Project, answers: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    output = secret.folder / "output"
    place = replace(locations.locate("small", secret.folder, output), answers=tmp_path / "answers")
    read = release_reader.read(place.release)
    of = Run(model="m", kind="model")
    with answer_log.appending(answer_log.file_of(place.answers, of), of) as file:
        file.keep([Answer(case=i.id, shift=0, content=i.content, text="A") for i in read.items])
    for key, split in ((place.key, "test"), (None, "val")):
        run_record.record(replace(place, key=key), read, of)
        made = answer_log.read(answer_log.file_of(place.answers, of)).sessions[-1]
        assert made.split == split and made.asked == made.published
        if key is not None:
            one = [row for row in answers.values() if row["answers"] == "one"]
            assert made.published == len(one)
            assert made.right == sum(row["answer"] == "A" for row in one)
