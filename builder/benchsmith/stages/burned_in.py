"""Text in the pixels of a source's picture that may identify a person, looked for at ingest."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchsmith.core.contracts import Array, DataFault, Image, Plugins
from benchsmith.stages.units import Unit
from benchsmith.text.personal_text import personal_lines

MAX_SHOWN = 3


def check_text(unit: Unit, image: Image, plugins: Plugins) -> None:
    """Raise DataFault (`personal-text`) if a picture shows text that may identify a person.

    Does nothing unless the recipe says `burned_in: search` and an OCR is installed.
    """
    if unit.samples.burned_in != "search" or plugins.read_text is None:
        return
    lines = [line for plane in _planes(image) for line in plugins.read_text(plane)]
    header = plugins.identifiers(unit.path) if lines else {}
    found = personal_lines(dict.fromkeys(lines), header)
    if found:
        shown = ", ".join(f"{one.kind} ({one.line!r})" for one in found[:MAX_SHOWN])
        more = f" and {len(found) - MAX_SHOWN} more" * (len(found) > MAX_SHOWN)
        raise DataFault("personal-text", unit.path, f"shows {shown}{more}")


def _planes(image: Image) -> Iterator[Array]:
    """Yield the first, middle and last plane across a volume's shortest axis, or the picture."""
    voxels = image.voxels
    across = int(np.argmin(voxels.shape[:3]))
    last = voxels.shape[across] - 1
    for index in sorted({0, last // 2, last}):
        yield voxels.take(index, across)
