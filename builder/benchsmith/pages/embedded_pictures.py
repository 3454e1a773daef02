"""Small pictures for a page, together no larger than a page should be."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import islice

from benchsmith.explore.question_rows import Example, Rows

SIDE = 160
"""Pixels on a picture's longer side."""
QUALITY = 70
"""JPEG quality: for a glance; the release holds the pictures."""
BUDGET = 4_000_000
"""Characters that the pictures of one page may take."""
AT_ONCE = 64
"""Pictures read together."""


def thumbnails(rows: Rows, examples: Sequence[Example]) -> Iterator[tuple[Example, str, str]]:
    """Yield examples with their published ids and small JPEGs in base64, until the page is full."""
    room = BUDGET
    left = iter(examples)
    while some := list(islice(left, AT_ONCE)):
        found = rows.pictures([example.id for example in some])
        for example in some:
            case, png = found[example.id]
            jpeg = _small(png)
            room -= len(jpeg)
            if room < 0:
                return
            yield example, case, jpeg


def _small(png: bytes) -> str:
    import PIL.Image

    picture = PIL.Image.open(BytesIO(png)).convert("RGB")
    picture.thumbnail((SIDE, SIDE), PIL.Image.Resampling.LANCZOS)
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY)
    return base64.b64encode(buffer.getvalue()).decode()
