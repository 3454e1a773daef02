"""A built benchmark's cases, found by name; of its pictures, no more than a few groups in memory.

All that was drawn is here, for those who own the data: pictures that the release has are read from
it by row group, and those that it withholds from what render left.
"""

from __future__ import annotations

import json
import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchsmith.core.build_files import HIDDEN_KEY, LATEST, MANIFEST, PRIVATE_FOLDER, RELEASE_FOLDER
from benchsmith.core.chance import rank
from benchsmith.core.model import SPLITS, Question
from benchsmith.explore.find_build import Built, NotBuilt, find
from benchsmith.exporters import rehydrate
from benchsmith.release import hidden_splits
from benchsmith.tables import nouns
from benchsmith.tables.picture_store import PictureStore

GROUPS = 4
"""Row groups whose pictures are kept: of some hundred cases each."""
SMALL = 240
"""Pixels on the longer side of a small picture."""
QUALITY = 80
TOLD = ("target", "view", "split", "task", "department", "modality", "label", "source", "sample",
        "several")  # fmt: skip
ASKED = ("id", "question", "options", "answers", *TOLD)
CHOSEN = (
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
    """As it is published."""
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
    place: int
    """Its row in the release, or behind all of them its place among what is withheld."""
    sha256: str
    """Of its picture."""


class Shelf:
    """The cases of a finished build, in the release's order."""

    def __init__(self, output: Path, name: str) -> None:
        """Find the cases. Raises NotBuilt."""
        self.name = name
        self.built: Built = find(output, name)
        self._parts = json.loads((output / name / LATEST).read_text("utf-8"))
        release = output / name / RELEASE_FOLDER
        self._files = [pq.ParquetFile(p) for p in sorted((release / "data").glob("*.parquet"))]
        self._lock = threading.Lock()
        self._groups: OrderedDict[tuple[int, int], pa.Array] = OrderedDict()
        self._spans = [
            (f, g, file.metadata.row_group(g).num_rows)
            for f, file in enumerate(self._files)
            for g in range(file.metadata.num_row_groups)
        ]
        self._starts = [0]
        for _, _, rows in self._spans:
            self._starts.append(self._starts[-1] + rows)
        order = [id_ for file in self._files for id_ in file.read(["id"])["id"].to_pylist()]
        self._hidden, self._secret = _kept_back(output / name)
        self.cases = self._read(order)
        self.withheld = _withheld(release)
        """Ids of the cases whose pictures may not be passed on."""
        self.by_id = {case.id: case for case in self.cases}
        self.by_question = {case.question: case for case in self.cases}

    def _read(self, order: Sequence[str]) -> list[Case]:
        """Return every case that was drawn, those of the release first."""
        columns = ["id", "question", "png_sha256"]
        drawn = [row for f in self.built.cases for row in nouns.read(f, columns).to_pylist()]
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
                 **{name: q[name] for name in TOLD})
            for place, id_ in enumerate([*order, *rest])
            for q, sha256 in [published[id_]]
        ]  # fmt: skip

    def _asked(self) -> dict[str, dict[str, Any]]:
        """Return the questions as the release asks them: in a hidden split options are reordered."""
        rows = nouns.read(self.built.questions, list(ASKED)).to_pylist()
        asked = {row["id"]: row for row in rows}
        if self._secret:
            whole = nouns.from_table(nouns.read(self.built.questions), Question)
            for q in hidden_splits.reorder_options(whole, self._hidden, self._secret):
                asked[q.id] |= {"options": q.options, "answers": q.answers}
        return asked

    def _of_another_build(self) -> NotBuilt:
        return NotBuilt(f"the release of {self.name} is not of its last build: build it again")

    @cached_property
    def targets(self) -> dict[str, dict[str, Any]]:
        """What is known of each target: where its picture was taken from."""
        table = nouns.read(self.built.targets, list(CHOSEN))
        return {row["id"]: row for row in table.to_pylist()}

    @cached_property
    def _spool(self) -> PictureStore:
        """The pictures that the release does not have, of the sources that have such."""
        wanted = {c.source for c in self.cases[self._starts[-1] :]}
        names = sorted((name, source) for source, name in self._parts["render"].items())
        files = zip(self.built.cases, names, strict=True)
        return PictureStore([file for file, (_, source) in files if source in wanted])

    @property
    def sources(self) -> list[str]:
        """The benchmark's sources, those without a case too."""
        return sorted(self._parts["ingest"])

    @cached_property
    def one_each(self) -> list[Case]:
        """One case of every target, in the order in which people see them."""
        return self.one_of(self.cases)

    def one_of(self, cases: Sequence[Case]) -> list[Case]:
        """Return one of some cases for every target: its views would tell each other's key.

        The order is by rank, so that whoever stops early has seen a sample of all tasks.
        """
        ranks = {case.question: rank(0, "review", case.question) for case in cases}
        best: dict[str, Case] = {}
        for case in sorted(cases, key=lambda case: ranks[case.question]):
            best.setdefault(case.target, case)
        return list(best.values())

    def png(self, case: Case) -> bytes:
        """Return a case's picture."""
        if case.place >= self._starts[-1]:
            with self._lock:
                return self._spool.case(self._spool.number(case.question)).png
        span = bisect_right(self._starts, case.place) - 1
        file, group, _ = self._spans[span]
        with self._lock:
            if (file, group) not in self._groups:
                self._groups[file, group] = (
                    self._files[file].read_row_group(group, ["image"])["image"].combine_chunks()
                )
                while len(self._groups) > GROUPS:
                    self._groups.popitem(last=False)
            self._groups.move_to_end((file, group))
            held = self._groups[file, group]
        found: bytes = held[case.place - self._starts[span]].as_py()["bytes"]
        return found

    def small(self, case: Case) -> bytes:
        """Return a case's picture as a small JPEG, for a glance."""
        import cv2

        whole = cv2.imdecode(np.frombuffer(self.png(case), np.uint8), cv2.IMREAD_COLOR)
        assert whole is not None
        height, width = whole.shape[:2]
        scale = min(1.0, SMALL / max(height, width))
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = cv2.resize(whole, size, interpolation=cv2.INTER_AREA)
        return bytes(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1])

    def examples(self, label: str) -> Iterator[Case]:
        """Yield one case of a label from every source that has one, a region's outline first."""
        best: dict[str, Case] = {}
        tells = ("contour", "box", "mask", "image")
        own = (c for c in self.cases if c.label == label and not c.several)
        for case in sorted(
            own, key=lambda c: (tells.index(c.view), rank(0, "example", c.question))
        ):
            best.setdefault(case.source, case)
        yield from (best[source] for source in sorted(best))


def _withheld(release: Path) -> frozenset[str]:
    """Return the published ids of the cases whose pictures a release does not pass on."""
    path = release / rehydrate.FILE
    return frozenset(nouns.read(path, ["id"])["id"].to_pylist() if path.is_file() else ())


def _kept_back(folder: Path) -> tuple[tuple[str, ...], bytes]:
    """Return a benchmark's hidden splits, and what their ids and options are keyed with.

    Raises DocumentError for a key that is none.
    """
    manifest, key = folder / RELEASE_FOLDER / MANIFEST, folder / PRIVATE_FOLDER / HIDDEN_KEY
    hidden = tuple(json.loads(manifest.read_text("utf-8"))["hidden"]) if manifest.is_file() else ()
    return hidden, hidden_splits.load_or_make_key(key) if hidden and key.is_file() else b""
