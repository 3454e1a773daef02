"""Pictures of a label or of a source's word, one from every source that has any."""

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
from benchsmith.core.chance import rank
from benchsmith.documents.lexicon import ANY, Lexicon
from benchsmith.review.built_cases import Case, Shelf
from benchsmith.review.contract import Given, Picture, Unknown
from benchsmith.review.slices import Slices

KEPT = 200
"""Pictures that are kept once they were drawn."""
SAID = (
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


class Examples:
    """What a benchmark's build has of pictures: of labels it asks about, and of all others."""

    def __init__(self, output: Path, shelf: Shelf, slices: Slices, lexicon: Lexicon) -> None:
        self._folder = output / shelf.name
        self._shelf, self._slices, self._lexicon = shelf, slices, lexicon
        self._parts: Mapping[str, Mapping[str, str]] = json.loads(
            (self._folder / LATEST).read_text("utf-8")
        )
        self._lock = Lock()
        self._drawn: OrderedDict[str, bytes] = OrderedDict()
        self._known: dict[str, dict[str, Any]] = {}

    def of_label(self, label: str, modality: str = ANY) -> list[dict[str, Any]]:
        """Return a picture of a label from every source: the benchmark's own, else the source's."""
        fits = self._below(modality)
        cases = [c for c in self._shelf.examples(label) if fits is None or c.modality in fits]
        found = {case.source: self._of_case(case) for case in cases}
        for source in self._parts["normalise"]:
            if source not in found and (
                row := self._row("normalise", source, "label", label, fits)
            ):
                found[source] = self._of_row(row)
        return [found[source] for source in sorted(found)]

    def of_word(self, source: str, raw: str) -> list[dict[str, Any]]:
        """Return a picture that a source's word was said of."""
        if source not in self._parts["ingest"]:
            return []
        row = self._row("ingest", source, "raw", raw, None)
        return [self._of_row(row)] if row else []

    def picture(self, given: Given) -> Picture:
        """Return a picture that was told of. Raises Unknown and Refused."""
        name = given.get("example", "")
        case = self._shelf.by_id.get(name)
        if case is not None:
            return Picture(self._shelf.small(case), "image/jpeg")
        row = self._known.get(name)
        if row is None:
            raise Unknown("such picture")
        with self._lock:
            if name not in self._drawn:
                self._drawn[name] = self._slices.png(row["sample"], row["axis"], row["index"], None)
                while len(self._drawn) > KEPT:
                    self._drawn.popitem(last=False)
            return Picture(self._drawn[name])

    def _below(self, modality: str) -> frozenset[str] | None:
        axis = self._lexicon.modalities
        if modality == ANY:
            return None
        return frozenset(t.id for t in axis if modality in axis.line_up(t.id))

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
        """Return the finding of lowest rank that says something, of a finished piece of work."""
        path = self._folder / STAGES_FOLDER / stage / self._parts[stage][source] / ROWS
        if not path.is_file():
            return None
        table = pq.read_table(
            path, columns=list({*SAID, column}), filters=pc.field(column) == value
        )
        rows = [r for r in table.to_pylist() if fits is None or r["modality"] in fits]
        return min(rows, key=lambda r: rank(0, "example", r["id"]), default=None)


def box_in(row: Mapping[str, Any]) -> list[float] | None:
    """Return a region's box, or the part that is meant, as shares of its plane.

    Left, top, width and height; None for a whole picture.
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
