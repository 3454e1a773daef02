"""A built benchmark's cases, found by name; of its pictures, no more than a few groups in memory."""

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

from builder import tables
from builder.built import Built, NotBuilt, find
from builder.chance import rank

GROUPS = 4
"""Row groups whose pictures are kept: of some hundred cases each."""
SMALL = 240
"""Pixels on the longer side of a small picture."""
QUALITY = 80
ASKED = ("id", "target", "view", "split", "task", "department", "modality", "label", "source",
         "sample", "question", "options", "answers", "several")  # fmt: skip
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
    """Its row in the release."""
    sha256: str
    """Of its picture."""


class Shelf:
    """The cases of a finished build, in the release's order."""

    def __init__(self, output: Path, name: str) -> None:
        """Find the cases. Raises NotBuilt."""
        self.name = name
        self.built: Built = find(output, name)
        self._parts = json.loads((output / name / "latest.json").read_text("utf-8"))
        release = output / name / "release"
        self._files = [pq.ParquetFile(p) for p in sorted((release / "data").glob("*.parquet"))]
        if not self._files:
            raise NotBuilt(f"{release} has no data/*.parquet: the desk needs the export `parquet`")
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
        self.cases = self._read(order)
        self.by_id = {case.id: case for case in self.cases}
        self.by_question = {case.question: case for case in self.cases}

    def _read(self, order: Sequence[str]) -> list[Case]:
        drawn = {
            row["id"]: (row["question"], row["png_sha256"])
            for file in self.built.drawn
            for row in tables.read(file, ["id", "question", "png_sha256"]).to_pylist()
        }
        asked = {row["id"]: row for row in tables.read(self.built.asked, list(ASKED)).to_pylist()}
        found = []
        for place, id_ in enumerate(order):
            if id_ not in drawn or drawn[id_][0] not in asked:
                raise NotBuilt(
                    f"the release of {self.name} is not of its last build: build it again"
                )
            question, sha256 = drawn[id_]
            row = asked[question]
            told = {n: row[n] for n in ASKED if n not in ("id", "question", "options", "answers")}
            found.append(
                Case(id=id_, question=question, stem=row["question"], options=tuple(row["options"]),
                     answers=tuple(row["answers"]), place=place, sha256=sha256, **told)
            )  # fmt: skip
        return found

    @cached_property
    def targets(self) -> dict[str, dict[str, Any]]:
        """What is known of each target: where its picture was taken from."""
        table = tables.read(self.built.chosen, list(CHOSEN))
        return {row["id"]: row for row in table.to_pylist()}

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
