"""Frozen features of pictures and texts: numbers that some encoder has made of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.evaluate.release_reader import Item
from benchsmith.evaluate.reply_words import bare

Floats = npt.NDArray[np.float64]
PIXELS = "pixels"
SIDE = 16
"""Pixels of a side of the thumbnails that `pixels` are."""


@dataclass(frozen=True, slots=True)
class Features:
    """A row of numbers for each case, and for each text where there are any."""

    pictures: dict[str, Floats]
    texts: dict[str, Floats]
    """By the bare words of an option."""


def read(path: Path) -> Features:
    """Read a Parquet file with the columns `features`, and `id` or `text`.

    Raises DocumentError with everything that is wrong.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        rows = pq.read_table(path).to_pylist()
    except FileNotFoundError as error:
        raise DocumentError([Problem(str(path), 1, "the file is missing")]) from error
    except (pa.ArrowException, OSError) as error:
        first = str(error).partition("\n")[0]
        raise DocumentError([Problem(str(path), 1, f"cannot be read: {first}")]) from error
    pictures: dict[str, Floats] = {}
    texts: dict[str, Floats] = {}
    problems = []
    sizes = set()
    for line, row in enumerate(rows, start=1):
        id_, text, values = row.get("id"), row.get("text"), row.get("features")
        try:
            found = np.array(values, np.float64)
        except (TypeError, ValueError):
            found = np.array([np.nan])
        if (id_ is None) == (text is None):
            problems.append(Problem(str(path), line, "a row has an `id` or a `text`, one of them"))
        elif found.ndim != 1 or not found.size or not np.isfinite(found).all():
            problems.append(Problem(str(path), line, "its `features` are no list of numbers"))
        elif id_ is not None:
            pictures[str(id_)] = found
            sizes.add(found.size)
        else:
            texts[bare(str(text))] = found
            sizes.add(found.size)
    if len(sizes) > 1:
        what = f"its rows have {' and '.join(map(str, sorted(sizes)))} numbers"
        problems.append(Problem(str(path), 1, what, "take one encoder for all"))
    if problems:
        raise DocumentError(problems[:20])
    return Features(pictures, texts)


def pixels(cases: Iterable[tuple[Item, bytes]]) -> Features:
    """Return thumbnails of 16 x 16 grey values: what no encoder was needed for."""
    import PIL.Image

    found: dict[str, Floats] = {}
    for item, picture in cases:
        with PIL.Image.open(BytesIO(picture)) as opened:
            small = opened.convert("L").resize((SIDE, SIDE), PIL.Image.Resampling.BOX)
        found[item.id] = np.frombuffer(small.tobytes(), np.uint8).astype(np.float64) / 255
    return Features(found, {})


def table(cases: Iterable[Item], features: Features, path: str) -> Floats:
    """Return the features of cases as rows. Raises DocumentError where a case has none."""
    cases = list(cases)
    lost = [item.id for item in cases if item.id not in features.pictures]
    if lost:
        what = f"{len(lost)} of {len(cases)} cases have no features, such as {lost[0]}"
        raise DocumentError([Problem(path, 1, what, "are they of another version?")])
    return np.stack([features.pictures[item.id] for item in cases])
