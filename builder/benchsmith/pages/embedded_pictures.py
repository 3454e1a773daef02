"""Small pictures for a page, within a total size limit."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import islice

from benchsmith.explore.question_rows import Example, QuestionRows

SIDE_PX = 160
"""Pixels on a picture's longer side."""
QUALITY = 70
"""JPEG quality of the previews."""
MAX_PAGE_CHARACTERS = 4_000_000
"""Size limit of all pictures of one page, in base64."""
BATCH = 64
"""Pictures read at a time."""


def thumbnails(
    rows: QuestionRows, examples: Sequence[Example]
) -> Iterator[tuple[Example, str, str]]:
    """Yield examples with published ids and small JPEGs in base64, up to the size limit."""
    room = MAX_PAGE_CHARACTERS
    left = iter(examples)
    while some := list(islice(left, BATCH)):
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
    picture.thumbnail((SIDE_PX, SIDE_PX), PIL.Image.Resampling.LANCZOS)
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY)
    return base64.b64encode(buffer.getvalue()).decode()
