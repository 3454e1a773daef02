"""Opens a sample of the published pictures for the checks that measure them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace

import pyarrow as pa

from benchsmith.audits.audit_row import AuditRow
from benchsmith.audits.picture_measures import MEASURED
from benchsmith.audits.seen_pictures import SeenPictures
from benchsmith.core.random_order import order

MARKS = 400
"""Number of marked pictures whose mark is measured, chosen by hash."""


class Sampled:
    """The measurements of a sample of pictures, by name; `named` are all names with their view."""

    def __init__(
        self, named: Iterable[tuple[str, str]], seed: int, seen: SeenPictures | None = None
    ) -> None:
        """Choose the pictures; their measurements are added to `seen`."""
        self._seen = SeenPictures() if seen is None else seen
        views = dict(named)
        marked = [name for name, view in views.items() if view != "image"]
        self._marked = set(order(marked, seed, "look", name=str)[:MARKS])
        self._measured = set(order(views, seed, "measure", name=str)[:MEASURED])
        self._sha256: dict[str, str] = {}

    def see(self, name: str, png: pa.Buffer | bytes, sha256: str = "") -> None:
        """Measure a picture, if it is in the sample; one that cannot be opened stays unmeasured.

        `sha256` is that of its bytes; empty if it is not known.
        """
        if name not in self._marked and name not in self._measured:
            return
        data = png if isinstance(png, bytes) else png.to_pybytes()
        self._sha256[name] = sha256 = sha256 or hashlib.sha256(data).hexdigest()
        self._seen.look(sha256, data, mark=name in self._marked, measures=name in self._measured)

    def complete(self, name: str, row: AuditRow) -> AuditRow:
        """Return a picture's row with its measurements."""
        sha256 = self._sha256.get(name, "")
        mark = self._seen.marks.get(sha256) if name in self._marked else None
        measures = self._seen.measures.get(sha256) if name in self._measured else None
        return replace(
            row,
            mark=mark.colour if mark else None,
            thickness=mark.thickness if mark else None,
            measures=measures,
        )
