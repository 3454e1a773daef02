"""What a release with a hidden split says of it: no name, no id, no column, no count."""

from __future__ import annotations

import json
import re
import tarfile
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import PIL.Image
import pyarrow.parquet as pq

from benchsmith.core.model import Choice, Question, Sample
from benchsmith.core.random_order import public_id
from benchsmith.release import public_ids
from tests.conftest import Project
from tests.hidden_releases import answers, private, secret, shown, stage

__all__ = ["answers", "secret"]

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
        choice = chosen[q.target]
        assert choice.content and choice.person and choice.cluster
        ways = (
            public_ids.of_target,
            public_ids.of_sample,
            public_ids.of_patient,
            public_ids.of_group,
        )
        forbidden |= {way(SEED, choice) for way in ways} | {choice.content, choice.person}
        forbidden.add(public_ids.of_question(SEED, q.id, choice))
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


def test_the_table_has_no_column_that_reveals_the_answer(secret: Project) -> None:
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
