"""Open a sample of the published pictures for the checks that measure them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pyarrow as pa

from benchsmith.audits.audit_row import AuditRow
from benchsmith.audits.mark_looks import MarkLook, mark_of
from benchsmith.audits.picture_measures import MEASURED, PictureMeasures, measures_of, pixels_of
from benchsmith.core.random_order import order

MARKS = 400
"""Number of marked pictures whose mark is measured, chosen by hash."""


class Sampled:
    """The measurements of a sample of pictures, by name; `named` are all names with their view."""

    def __init__(self, named: Iterable[tuple[str, str]], seed: int) -> None:
        views = dict(named)
        marked = [name for name, view in views.items() if view != "image"]
        self._marked = set(order(marked, seed, "look", name=str)[:MARKS])
        self._measured = set(order(views, seed, "measure", name=str)[:MEASURED])
        self._marks: dict[str, MarkLook | None] = {}
        self._measures: dict[str, PictureMeasures] = {}

    def see(self, name: str, png: pa.Buffer | bytes) -> None:
        """Measure a picture, if it is in the sample; one that cannot be opened stays unmeasured."""
        if name not in self._marked and name not in self._measured:
            return
        data = png if isinstance(png, bytes) else png.to_pybytes()
        pixels = pixels_of(data)
        if pixels is None:
            return
        if name in self._marked:
            self._marks[name] = mark_of(pixels)
        if name in self._measured:
            self._measures[name] = measures_of(data, pixels)

    def complete(self, name: str, row: AuditRow) -> AuditRow:
        """Return a picture's row with its measurements."""
        mark = self._marks.get(name)
        return replace(
            row,
            mark=mark.colour if mark else None,
            thickness=mark.thickness if mark else None,
            measures=self._measures.get(name),
        )
