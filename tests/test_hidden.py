"""Of a hidden split a release gives away nothing: not in any byte of any file."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tarfile
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import PIL.Image
import pyarrow.parquet as pq
import pytest

from benchsmith.core.errors import GateFailed, InputMissing
from benchsmith.core.model import Choice, Question, Sample
from benchsmith.core.random_order import public_id
from benchsmith.documents import library, query
from benchsmith.publish import shipment
from benchsmith.release.hidden_splits import keyed_id, load_or_make_key, reorder_options
from benchsmith.tables import record_tables
from tests import releases
from tests.conftest import Project

SEED = 7
MAY_SAY = {
    "id",
    "image",
    "question",
    "options",
    "task",
    "modality",
    "granularity",
    "split",
    "answers",
}
"""Columns that a hidden case may fill."""
TABLE_MAY_SAY = {
    "index",
    "image",
    "question",
    "category",
    "clinical VQA task",
    "perceptual granularity",
    "modality",
    "id",
}


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project whose test split is hidden, written in every format."""
    project = releases.write(tmp_path_factory.mktemp("secret") / "project", hidden=True)
    project.run("build", "small", "--workers", "1")
    return project


def private(project: Project) -> Path:
    return project.folder / "output/small/private"


@pytest.fixture(scope="module")
def answers(secret: Project) -> dict[str, dict[str, Any]]:
    """Return what is known of every hidden case, by its public id."""
    rows = pq.read_table(private(secret) / "answers.parquet").to_pylist()
    return {row["id"]: row for row in rows}


def words_of(project: Project) -> library.Library:
    words = library.read(project.folder)
    return words


def stage(project: Project, name: str, noun: type, file: str = "rows.parquet") -> list[Any]:
    latest = json.loads((project.folder / "output/small/latest.json").read_text())
    folder = project.folder / "output/small/stages" / name
    return [
        row
        for part in latest[name].values()
        for row in record_tables.from_table(record_tables.read(folder / part / file), noun)
    ]


def shown(release: Path) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in pq.read_table(release / "data").to_pylist()}


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Go through every file's name and content as text: packed and binary ones unpacked."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder).as_posix()
        yield name, name
        yield from ((name, text) for text in decoded(path.name, path.read_bytes()))


def decoded(name: str, data: bytes) -> Iterator[str]:
    ending = name.rpartition(".")[2]
    if ending == "parquet":
        file = pq.ParquetFile(BytesIO(data))
        yield str(file.schema_arrow.metadata)
        for row in file.read().to_pylist():
            picture = row.pop("image", None)
            yield json.dumps(row, ensure_ascii=False)
            if picture:
                yield from decoded("a.png", picture["bytes"])
                yield picture["path"]
    elif ending == "tar":
        with tarfile.open(fileobj=BytesIO(data)) as members:
            for member in members:
                yield member.name
                yield from decoded(member.name, members.extractfile(member).read())  # type: ignore[union-attr]
    elif ending in ("png", "jpg"):
        with PIL.Image.open(BytesIO(data)) as picture:
            picture.load()
            yield json.dumps(
                {
                    k: str(v)
                    for k, v in picture.info.items()
                    if k not in ("jfif", "jfif_version", "jfif_unit", "jfif_density")
                }
            )
            yield str(dict(picture.getexif()))
        if ending == "png":  # and no chunk but the picture's
            kinds = {
                data[m.start() : m.end()]
                for m in re.finditer(rb"(?<=....)(tEXt|zTXt|iTXt|eXIf|tIME)", data[8:64], re.DOTALL)
            }
            assert not kinds
    else:
        yield data.decode("utf-8")


def test_no_name_of_a_hidden_thing_is_in_any_byte(
    secret: Project, answers: dict[str, dict[str, Any]]
) -> None:
    """Neither names nor the ids that everybody can make of names with the public seed."""
    asked = [q for q in stage(secret, "ask", Question) if q.split == "test"]
    chosen = {c.id: c for c in stage(secret, "select", Choice)}
    samples = {s.id: s for s in stage(secret, "ingest", Sample, "samples.parquet")}
    forbidden: set[str] = set()
    open_patients = {c.patient for c in chosen.values() if c.split == "val"}
    for q in asked:
        sample = samples[q.sample]
        assert chosen[q.target].patient not in open_patients
        names = [q.id, q.target, q.sample, sample.patient, q.mirror]
        forbidden |= {n for n in names if n}
        forbidden |= {public_id(SEED, n) for n in names if n}
        forbidden |= {sample.sha256, *sample.files}
    assert len(asked) == len(answers) > 50
    for name, text in texts(secret.release):
        found = {word for word in forbidden if word in text}
        assert not found, name
    key = (private(secret) / "key").read_text().strip()
    assert not [name for name, text in texts(secret.release) if key in text]


def test_parquet_and_plain_lines_say_no_more_than_they_may(
    secret: Project, answers: dict[str, dict[str, Any]]
) -> None:
    rows = [row for row in shown(secret.release).values() if row["split"] == "test"]
    assert {row["id"] for row in rows} == answers.keys()
    for row in rows:
        assert {name for name, value in row.items() if value is not None} == MAY_SAY
    lines = (secret.release / "plain/test.jsonl").read_text().splitlines()
    for line in map(json.loads, lines):
        assert {name for name, value in line.items() if value is not None} == MAY_SAY
    with tarfile.open(secret.release / "webdataset/test-000000.tar") as members:
        for member in members:
            if member.name.endswith("json"):
                said = json.load(members.extractfile(member))  # type: ignore[arg-type]
                assert {n for n, value in said.items() if value is not None} == MAY_SAY - {"image"}


def test_the_table_has_no_column_that_tells(secret: Project) -> None:
    import pandas as pd

    table = pd.read_csv(secret.release / "vlmevalkit/small_TEST.tsv", sep="\t")
    assert {c for c in table.columns if len(c) > 1} == TABLE_MAY_SAY
    open_ = pd.read_csv(secret.release / "vlmevalkit/small_VAL.tsv", sep="\t")
    assert {"answer", "label", "department"} <= set(open_.columns)


def test_hidden_ids_stand_in_no_other_file(
    secret: Project, answers: dict[str, dict[str, Any]]
) -> None:
    """The report, the card, provenance, boxes and task files do not speak of hidden cases."""
    where = {
        name.split("/")[0]
        for name, text in texts(secret.release)
        if any(id_ in text for id_ in answers)
    }
    assert where == {"data", "explorer", "plain", "vlmevalkit", "webdataset", "manifest.json"}
    manifest = json.loads((secret.release / "manifest.json").read_text())
    del manifest["files"]  # names of pictures, which are ids
    assert not [id_ for id_ in answers if id_ in json.dumps(manifest)]


def test_departments_and_sources_of_hidden_cases_are_not_counted(secret: Project) -> None:
    """A department is the label's, and a small count of one gives a label away."""
    card = (secret.release / "README.md").read_text()
    for axis in ("department", "source"):
        table = card.partition(f"### By {axis}")[2].partition("\n#")[0]
        assert "| val |" in table and "test" not in table
    page = (secret.release / "report.html").read_text()
    totals = Counter(row["department"] for row in shown(secret.release).values())
    for department, n in totals.items():
        if department:
            row = re.search(rf"<tr><td>{department}</td>(.*?)</tr>", page)
            assert row and f'<td class="number">{n}</td><td class="number">0</td>' in row[1]


def exported_again(secret: Project, place: Path, *words: str, **env: str) -> Path:
    """Return the release of a build that has the stages of the first one, and no private folder."""
    old = secret.folder / "output"
    shutil.copytree(
        old, place, ignore=lambda at, names: [n for n in names if n in ("release", "private", "export")]
    )  # fmt: skip
    secret.run("build", "small", *words, "--output", str(place), **env)
    return place / "small/release"


def test_the_same_key_gives_the_same_bytes(secret: Project, tmp_path: Path) -> None:
    """From nothing but the key: another process, more workers, another hash seed."""
    (tmp_path / "small/private").mkdir(parents=True)
    (tmp_path / "small/private/key").write_bytes((private(secret) / "key").read_bytes())
    secret.run(
        "build",
        "small",
        "--workers",
        "2",
        "--output",
        str(tmp_path),
        process=True,
        PYTHONHASHSEED="7",
    )
    again = {
        p.relative_to(tmp_path / "small/release").as_posix(): p.read_bytes()
        for p in (tmp_path / "small/release").rglob("*")
        if p.is_file()
    }
    before = secret.bytes_of_release()
    assert again == before
    assert {name.split("/")[0] for name in before} >= {
        "data", "vlmevalkit", "lmms_eval", "lm_eval", "plain", "inspect", "coco", "webdataset",
        "provenance.parquet", "ATTRIBUTION.tsv", "croissant.json", "README.md", "report.html",
    }  # fmt: skip


def test_another_key_gives_other_ids_rows_and_options(
    secret: Project, tmp_path: Path, answers: dict[str, dict[str, Any]]
) -> None:
    """And the open split stays as it is."""
    release = exported_again(secret, tmp_path / "other")
    assert (release.parent / "private/key").read_text() != (private(secret) / "key").read_text()
    mine, theirs = shown(secret.release), shown(release)
    assert {i: r for i, r in mine.items() if r["split"] == "val"} == {
        i: r for i, r in theirs.items() if r["split"] == "val"
    }
    assert not answers.keys() & theirs.keys()
    pictures = {row["image"]["bytes"]: row for row in theirs.values() if row["answers"] == "one"}
    turned = 0
    for id_ in answers:
        same = pictures.get(mine[id_]["image"]["bytes"])
        if same and sorted(same["options"]) == sorted(mine[id_]["options"]):
            turned += same["options"] != mine[id_]["options"]
    assert turned  # a key is chance: how many are turned is, too


def test_answers_are_those_of_the_stages_in_the_published_order(
    secret: Project, answers: dict[str, dict[str, Any]]
) -> None:
    asked = {q.id: q for q in stage(secret, "ask", Question)}
    cases = shown(secret.release)
    for id_, row in answers.items():
        question, case = asked[row["case"]], cases[id_]
        options = case["options"]
        assert sorted(options) == sorted(question.options)
        right = {options["ABCDEFGH".index(letter)] for letter in row["answer"].split(",")}
        assert right == {question.options[a] for a in question.answers}
        assert row["label"].split("; ") == [o for o in options if o in right]
        assert id_ == keyed_id(load_or_make_key(private(secret) / "key"), question.id)
    told = pq.read_table(private(secret) / "provenance.parquet").to_pylist()
    assert {row["id"] for row in told} == answers.keys()


def test_the_key_is_its_owner_s_and_made_once(secret: Project, tmp_path: Path) -> None:
    path = tmp_path / "private/key"
    assert load_or_make_key(path) != load_or_make_key(tmp_path / "other/key")
    assert path.stat().st_mode & 0o077 == 0
    assert len(load_or_make_key(path)) == 32 and load_or_make_key(path) == load_or_make_key(path)
    assert "nothing to do" in secret.run("build", "small", "--workers", "1")


def test_lost_answers_come_back_and_a_broken_key_is_refused(
    secret: Project, tmp_path: Path
) -> None:
    """Here with both splits hidden, so that nothing may be shown at all."""
    path = secret.folder / "benchmarks/small.yaml"
    before = path.read_text()
    every = re.search(r"exports: \[.*\]", before)
    assert every
    path.write_text(
        before.replace("hidden: [test]", "hidden: [test, val]").replace(
            every[0], "exports: [parquet, card, report]"
        )
    )
    try:
        release = exported_again(secret, tmp_path / "all")
        hidden = release.parent / "private"
        kept = (hidden / "answers.parquet").read_bytes()
        (hidden / "answers.parquet").unlink()
        secret.run("build", "small", "--output", str(tmp_path / "all"))
        assert (hidden / "answers.parquet").read_bytes() == kept
        rows = pq.read_table(hidden / "answers.parquet").to_pylist()
        assert shown(release).keys() == {r["id"] for r in rows}
        page = (release / "report.html").read_text()
        assert "are hidden" in page and '<article class="case">' not in page
        assert not (release / "examples").exists()
        (hidden / "key").write_text("not a key")
        said = secret.run("build", "small", "--output", str(tmp_path / "all"), code=2)
        assert "is not a key of 32 bytes" in said and "Traceback" not in said
    finally:
        path.write_text(before)


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
def test_a_query_that_tells_of_answers_is_known_as_one(
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
    with pytest.raises(InputMissing, match="is no release"):
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
    assert "`hidden` names the split `val`, whose share is 0" in said


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
