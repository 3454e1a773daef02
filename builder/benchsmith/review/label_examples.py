"""Example pictures of a label or of a source's word, one from each source."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchsmith.core.build_files import LATEST, ROWS, STAGES_FOLDER
from benchsmith.core.random_order import rank
from benchsmith.documents.lexicon import ANY, Lexicon
from benchsmith.review.built_cases import Case, CaseStore
from benchsmith.review.contract import NotFound, Parameters, Picture
from benchsmith.review.slices import Slices

CACHED_PICTURES = 200
"""Rendered pictures that are kept in memory."""
FINDING_COLUMNS = (
    "id",
    "sample",
    "source",
    "modality",
    "raw",
    "kind",
    "axis",
    "index",
    "plane",
    "crop",
    "box",
)


class LabelExamples:
    """Example pictures from a build: of labels in the benchmark, and of other labels and words."""

    def __init__(
        self, output: Path, case_store: CaseStore, slices: Slices, lexicon: Lexicon
    ) -> None:
        self._folder = output / case_store.name
        self._case_store, self._slices, self._lexicon = case_store, slices, lexicon
        self._parts: Mapping[str, Mapping[str, str]] = json.loads(
            (self._folder / LATEST).read_text("utf-8")
        )
        self._lock = Lock()
        self._drawn: OrderedDict[str, bytes] = OrderedDict()
        self._known: dict[str, dict[str, Any]] = {}

    def of_label(self, label: str, modality: str = ANY) -> list[dict[str, Any]]:
        """Return an example of a label from each source, from the benchmark if it has one.

        An example has `example` (its id), `source`, `modality`, `says` (a caption) and `box`.
        """
        fits = self._below(modality)
        cases = [c for c in self._case_store.examples(label) if fits is None or c.modality in fits]
        found = {case.source: self._of_case(case) for case in cases}
        for source in self._parts["normalise"]:
            if source not in found and (
                row := self._row("normalise", source, "label", label, fits)
            ):
                found[source] = self._of_row(row)
        return [found[source] for source in sorted(found)]

    def of_word(self, source: str, raw: str) -> list[dict[str, Any]]:
        """Return an example of a picture with a source's word; empty if there is none."""
        if source not in self._parts["ingest"]:
            return []
        row = self._row("ingest", source, "raw", raw, None)
        return [self._of_row(row)] if row else []

    def picture(self, given: Parameters) -> Picture:
        """Return the picture of an example. Raises NotFound and Refused."""
        name = given.get("example", "")
        case = self._case_store.by_id.get(name)
        if case is not None:
            return Picture(self._case_store.thumbnail(case), "image/jpeg")
        row = self._known.get(name)
        if row is None:
            raise NotFound("such picture")
        with self._lock:
            if name not in self._drawn:
                self._drawn[name] = self._slices.png(row["sample"], row["axis"], row["index"], None)
                while len(self._drawn) > CACHED_PICTURES:
                    self._drawn.popitem(last=False)
            return Picture(self._drawn[name])

    def _below(self, modality: str) -> frozenset[str] | None:
        axis = self._lexicon.modalities
        if modality == ANY:
            return None
        return frozenset(t.id for t in axis if modality in axis.lineage(t.id))

    def _of_case(self, case: Case) -> dict[str, Any]:
        return {
            "example": case.id,
            "source": case.source,
            "modality": self._lexicon.modalities[case.modality].name,
            "says": self._lexicon.granularities[case.view].name,
            "box": None,
        }

    def _of_row(self, row: dict[str, Any]) -> dict[str, Any]:
        self._known[row["id"]] = row
        modality = row["modality"]
        known = modality in self._lexicon.modalities
        return {
            "example": row["id"],
            "source": row["source"],
            "modality": self._lexicon.modalities[modality].name if known else modality,
            "says": f"{row['axis']} {row['index']}",
            "box": box_in(row),
        }

    def _row(
        self, stage: str, source: str, column: str, value: str, fits: frozenset[str] | None
    ) -> dict[str, Any] | None:
        """Return the lowest-ranked row of a finished partition with a value; None if there is none."""
        path = self._folder / STAGES_FOLDER / stage / self._parts[stage][source] / ROWS
        if not path.is_file():
            return None
        table = pq.read_table(
            path, columns=list({*FINDING_COLUMNS, column}), filters=pc.field(column) == value
        )
        rows = [r for r in table.to_pylist() if fits is None or r["modality"] in fits]
        return min(rows, key=lambda r: rank(0, "example", r["id"]), default=None)


def box_in(row: Mapping[str, Any]) -> list[float] | None:
    """Return left, top, width and height of a row's box as shares of its plane, 0 to 1.

    Without a box the crop is returned, and None for a whole picture.
    """
    box, plane = row["box"] or row["crop"], row["plane"]
    if box is None or not plane:
        return None
    height, width = plane[:2]
    return [
        box["x0"] / width,
        box["y0"] / height,
        (box["x1"] - box["x0"]) / width,
        (box["y1"] - box["y0"]) / height,
    ]
