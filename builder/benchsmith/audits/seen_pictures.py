"""Measurements of pictures, kept with an audit, so that a later audit measures only new pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from benchsmith.audits.mark_looks import MarkLook, mark_of
from benchsmith.audits.picture_measures import PictureMeasures, measures_of, pixels_of

Marks = dict[str, MarkLook | None]
Measures = dict[str, PictureMeasures]


@dataclass(slots=True)
class SeenPictures:
    """Measurements of the pictures of one audit, by the SHA-256 of their bytes."""

    marks: Marks = field(default_factory=dict)
    measures: Measures = field(default_factory=dict)
    before: SeenPictures | None = None
    """Those of an earlier audit, which are taken over where the bytes are the same."""

    def look(self, sha256: str, png: bytes, *, mark: bool, measures: bool) -> None:
        """Measure a picture's mark, its pixels, or both; one that cannot be opened stays unmeasured."""
        before = self.before or SeenPictures()
        if mark and sha256 in before.marks:
            self.marks[sha256], mark = before.marks[sha256], False
        if measures and sha256 in before.measures:
            self.measures[sha256], measures = before.measures[sha256], False
        pixels = pixels_of(png) if mark or measures else None
        if pixels is None:
            return
        if mark:
            self.marks[sha256] = mark_of(pixels)
        if measures:
            self.measures[sha256] = measures_of(png, pixels)


def as_json(seen: SeenPictures) -> dict[str, Any]:
    """Return the measurements as JSON; numbers are the same when they are read back."""
    marks = {sha256: mark and [*mark.colour, mark.thickness] for sha256, mark in seen.marks.items()}
    return {"marks": marks, "measures": {one: list(found) for one, found in seen.measures.items()}}


def from_json(value: Mapping[str, Any]) -> SeenPictures:
    """Return what :func:`as_json` was given. Raises KeyError, TypeError or ValueError for others."""
    return SeenPictures(
        {
            sha256: MarkLook((mark[0], mark[1]), mark[2]) if mark else None
            for sha256, mark in value["marks"].items()
        },
        {
            sha256: PictureMeasures(form, tuple(tone), blocks, tuple(frame))
            for sha256, (form, tone, blocks, frame) in value["measures"].items()
        },
    )
