"""The cases of a built benchmark, by id, with access to their pictures.

All rendered cases are included, since reviewers own the data: pictures of released cases are read
from the release, and those of withheld cases from the render stage.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from benchsmith.core.build_files import HIDDEN_KEY, LATEST, MANIFEST, PRIVATE_FOLDER, RELEASE_FOLDER
from benchsmith.core.evidence import RECOGNITION
from benchsmith.core.model import SPLITS, Question
from benchsmith.core.random_order import rank
from benchsmith.documents.lexicon import Lexicon
from benchsmith.explore.find_build import Built, NotBuilt, find
from benchsmith.exporters import rehydrate
from benchsmith.release import hidden_splits
from benchsmith.review.release_pictures import ReleasePictures
from benchsmith.tables import record_tables
from benchsmith.tables.picture_store import PictureStore

THUMBNAIL_SIDE_PX = 240
"""Pixels on the longer side of a thumbnail."""
THUMBNAIL_QUALITY = 80
"""JPEG quality."""
CASE_COLUMNS = ("target", "view", "split", "task", "department", "modality", "label", "source", "sample",
        "several", "skill")  # fmt: skip
QUESTION_COLUMNS = ("id", "question", "options", "answers", "alteration", *CASE_COLUMNS)
TARGET_COLUMNS = (
    "id",
    "patient",
    "axis",
    "index",
    "plane",
    "crop",
    "box",
    "window",
    "cluster",
    "laterality",
)


@dataclass(frozen=True, slots=True)
class Case:
    """One case, without its picture."""

    id: str
    """The public id."""
    question: str
    """Id of the question."""
    target: str
    view: str
    split: str
    task: str
    department: str
    modality: str
    label: str
    source: str
    sample: str
    stem: str
    options: tuple[str, ...]
    answers: tuple[int, ...]
    several: bool
    skill: str
    altered: str
    """How its picture was altered; empty for an original question."""
    place: int
    """Row number in the release; withheld cases follow after the last row."""
    sha256: str
    """SHA-256 of the picture."""


class CaseStore:
    """The cases of a finished build, in the release's order."""

    def __init__(self, output: Path, name: str) -> None:
        """Read the cases of benchmark `name` in the `output` folder. Raises NotBuilt."""
        self.name = name
        self.built: Built = find(output, name)
        self._parts = json.loads((output / name / LATEST).read_text("utf-8"))
        release = output / name / RELEASE_FOLDER
        self._released = ReleasePictures(sorted((release / "data").glob("*.parquet")))
        self._lock = threading.Lock()
        self._hidden, self._secret = _hidden_splits_and_key(output / name)
        self.cases = self._read(self._released.ids())
        self.withheld = _withheld(release)
        """Ids of the cases whose pictures must not be redistributed."""
        self.by_id = {case.id: case for case in self.cases}
        self.by_question = {case.question: case for case in self.cases}

    def _read(self, order: Sequence[str]) -> list[Case]:
        """Return every rendered case: those of the release in its order, then the withheld ones."""
        columns = ["id", "question", "png_sha256"]
        drawn = [
            row for f in self.built.cases for row in record_tables.read(f, columns).to_pylist()
        ]
        asked = self._asked()
        if any(row["question"] not in asked for row in drawn):
            raise self._of_another_build()
        published = {}
        for row in drawn:
            q = asked[row["question"]]
            keyed = q["split"] in self._hidden and self._secret
            id_ = hidden_splits.keyed_id(self._secret, q["id"]) if keyed else row["id"]
            published[id_] = (q, row["png_sha256"])
        if any(id_ not in published for id_ in order):
            raise self._of_another_build()
        there = set(order)
        rest = [id_ for id_ in published if id_ not in there]
        rest.sort(key=lambda id_: (SPLITS.index(published[id_][0]["split"]), id_))
        return [
            Case(id=id_, question=q["id"], stem=q["question"], options=tuple(q["options"]),
                 answers=tuple(q["answers"]), place=place, sha256=sha256,
                 altered=(q["alteration"] or {}).get("kind", ""),
                 **{name: q[name] for name in CASE_COLUMNS})
            for place, id_ in enumerate([*order, *rest])
            for q, sha256 in [published[id_]]
        ]  # fmt: skip

    def _asked(self) -> dict[str, dict[str, Any]]:
        """Return the questions by id, with the option order of the release in hidden splits."""
        rows = record_tables.read(self.built.questions, list(QUESTION_COLUMNS)).to_pylist()
        asked = {row["id"]: row for row in rows}
        if self._secret:
            whole = record_tables.from_table(record_tables.read(self.built.questions), Question)
            for q in hidden_splits.reorder_options(whole, self._hidden, self._secret):
                asked[q.id] |= {"options": q.options, "answers": q.answers}
        return asked

    def _of_another_build(self) -> NotBuilt:
        return NotBuilt(f"the release of {self.name} is not from its last build: build it again")

    @cached_property
    def targets(self) -> dict[str, dict[str, Any]]:
        """The TARGET_COLUMNS of each target, by id."""
        tables = [record_tables.read(file, list(TARGET_COLUMNS)) for file in self.built.targets]
        return {row["id"]: row for table in tables for row in table.to_pylist()}

    @cached_property
    def _rendered(self) -> PictureStore:
        """The pictures of the sources with withheld cases."""
        wanted = {c.source for c in self.cases[len(self._released) :]}
        names = sorted((name, source) for source, name in self._parts["render"].items())
        files = zip(self.built.cases, names, strict=True)
        return PictureStore([file for file, (_, source) in files if source in wanted])

    @property
    def sources(self) -> list[str]:
        """The benchmark's sources, including those without a case."""
        return sorted(self._parts["ingest"])

    @cached_property
    def one_each(self) -> list[Case]:
        """One case of every target, in review order."""
        return self.one_of(self.cases)

    def one_of(self, cases: Sequence[Case]) -> list[Case]:
        """Return one of the given cases per target, since its other views would reveal the key.

        The order is by rank, so that a reviewer who stops early has seen a sample of all tasks.
        """
        ranks = {case.question: rank(0, "review", case.question) for case in cases}
        best: dict[str, Case] = {}
        for case in sorted(cases, key=lambda case: ranks[case.question]):
            best.setdefault(case.target, case)
        return list(best.values())

    def png(self, case: Case) -> bytes:
        """Return a case's picture."""
        if case.place < len(self._released):
            return self._released.png(case.place)
        with self._lock:
            return self._rendered.case(self._rendered.number(case.question)).png

    def thumbnail(self, case: Case) -> bytes:
        """Return a case's picture as a small JPEG."""
        import cv2

        whole = cv2.imdecode(np.frombuffer(self.png(case), np.uint8), cv2.IMREAD_COLOR)
        assert whole is not None
        height, width = whole.shape[:2]
        scale = min(1.0, THUMBNAIL_SIDE_PX / max(height, width))
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = cv2.resize(whole, size, interpolation=cv2.INTER_AREA)
        return bytes(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, THUMBNAIL_QUALITY])[1])

    def examples(self, label: str) -> Iterator[Case]:
        """Yield one case of a label from each source, preferably with a contour."""
        best: dict[str, Case] = {}
        preferred = ("contour", "box", "mask", "image")
        own = (c for c in self.cases if c.label == label and not c.several)
        for case in sorted(
            own, key=lambda c: (preferred.index(c.view), rank(0, "example", c.question))
        ):
            best.setdefault(case.source, case)
        yield from (best[source] for source in sorted(best))


def placed(case: Case, lexicon: Lexicon) -> list[str]:
    """Return the names of a case's places in the tree, and its source."""
    return [
        lexicon.tasks[case.task].name,
        lexicon.departments[case.department].name,
        lexicon.modalities[case.modality].name,
        lexicon.granularities[case.view].name,
        case.source,
    ]


def asked_as(case: Case) -> list[str]:
    """Return the skill of a case, if it is not recognition, and how its picture was altered."""
    skill = [case.skill] if case.skill != RECOGNITION else []
    return skill + ([f"altered: {case.altered}"] if case.altered else [])


def _withheld(release: Path) -> frozenset[str]:
    """Return the public ids of the cases that a release has without pictures."""
    path = release / rehydrate.FILE
    return frozenset(record_tables.read(path, ["id"])["id"].to_pylist() if path.is_file() else ())


def _hidden_splits_and_key(folder: Path) -> tuple[tuple[str, ...], bytes]:
    """Return a benchmark's hidden splits, and the key of their ids and option orders.

    Raises DocumentError for a malformed key file.
    """
    manifest, key = folder / RELEASE_FOLDER / MANIFEST, folder / PRIVATE_FOLDER / HIDDEN_KEY
    hidden = tuple(json.loads(manifest.read_text("utf-8"))["hidden"]) if manifest.is_file() else ()
    return hidden, hidden_splits.load_or_make_key(key) if hidden and key.is_file() else b""
