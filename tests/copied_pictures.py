"""Pictures of two sources whose copies are changed, and a library that they are chosen with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import Any

import cv2
import numpy as np
import pytest

from benchsmith.core.absent_labels import DeniedLabels
from benchsmith.core.model import Choice, Neighbour, Rejection, Sample, Target
from benchsmith.documents.benchmark import Quota, Split
from benchsmith.documents.library import Library
from benchsmith.imaging import appearance
from benchsmith.imaging.matched_pictures import likeness, thumbnail
from benchsmith.selectors.candidate_files import from_rows
from benchsmith.selectors.contradicting_looks import Comparison
from benchsmith.selectors.said_by_copy import Pair
from benchsmith.stages.select import select
from benchsmith.tables import record_tables
from tests.made_targets import BENCHMARK
from tests.pictures import CHANGES, sample_of, target
from tests.shipped_documents import shipped_library


def cut(plane: np.ndarray) -> np.ndarray:
    """Cut 3 % off at each side."""
    rows, columns = (round(n * 0.03) for n in plane.shape)
    return np.ascontiguousarray(plane[rows:-rows, columns:-columns])


def framed(plane: np.ndarray) -> np.ndarray:
    """Put a black border of 3 % around it, and save it as JPEG."""
    rows, columns = (round(n * 0.03) for n in plane.shape)
    whole = cv2.copyMakeBorder(plane, rows, rows, columns, columns, cv2.BORDER_CONSTANT, value=0)
    return CHANGES["jpeg"](whole)


def cut_and_mirrored(plane: np.ndarray) -> np.ndarray:
    return CHANGES["flipped"](cut(plane))


Change = Callable[[np.ndarray], np.ndarray]


class Pictures:
    """Targets of whole pictures, their pixels, and what is chosen of them."""

    def __init__(self, library: Library) -> None:
        self.targets: list[Target] = []
        self.samples: list[Sample] = []
        self.planes: dict[str, np.ndarray] = {}
        self.opened: list[Pair] = []
        self._lexicon = library.lexicon

    def copy(self) -> Pictures:
        """Return pictures that begin with the same ones."""
        found = copy(self)
        found.targets, found.samples = [*self.targets], [*self.samples]
        found.planes, found.opened = {**self.planes}, [*self.opened]
        return found

    def add(self, plane: np.ndarray, name: str, *labels: str, **more: Any) -> list[Target]:
        """Add a picture of a person of its own with these labels in one list."""
        source = str(more.pop("source", "abdomen"))
        beside = [Neighbour(name=n, in_region=1.0, in_box=1.0, share=1.0) for n in labels]
        beside += more.pop("beside", ())
        values = {"source": source, "patient": name, **more}
        found = [
            target(plane, label=label, neighbours=tuple(b for b in beside if b.name != label), **values)
            for label in labels
        ]  # fmt: skip
        self.targets += found
        self.planes[f"{source}/{name}"] = plane
        self.samples += [sample_of(found[0])] if found else []
        return found

    def deny(self, plane: np.ndarray, name: str, *labels: str, source: str = "abdomen") -> None:
        """Add a picture of which its source says that none of these labels is true."""
        look = appearance.describe(plane).look
        denied = DeniedLabels(group="list", labels=labels, axis="planar", look=look)
        like = target(plane, source=source, patient=name)
        self.samples.append(sample_of(like, denied=(denied,)))
        self.planes[f"{source}/{name}"] = plane

    def verify(self, pairs: Sequence[Pair]) -> list[float]:
        """Return how alike the pixels of pairs are, and take note of the pairs."""
        self.opened += pairs
        seen = [[thumbnail(self.planes[face.sample]) for face in pair] for pair in pairs]
        return [likeness(one, other) for one, other in seen]

    def choose(self, **settings: object) -> tuple[list[Choice], dict[str, Rejection]]:
        """Return what is chosen, and by target why others are left out."""
        benchmark = BENCHMARK.model_copy(
            update={"quota": Quota(per_answer=200), "split": Split(val=1, test=1), **settings}
        )
        labels = self._lexicon.labels
        comparison = Comparison(labels.lineage, lambda word, source, modality: word, self.verify)
        found = select(from_rows(self.targets, self.samples), benchmark, comparison=comparison)
        left = [r for table in found.rejected for r in record_tables.from_table(table, Rejection)]
        return record_tables.from_table(found.chosen, Choice), {r.subject: r for r in left}


@pytest.fixture(scope="module")
def library() -> Library:
    return shipped_library()
