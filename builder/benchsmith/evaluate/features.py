"""Frozen features: vectors that an encoder computed from pictures and texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.evaluate.items import Item
from benchsmith.replies.reply_words import bare

Floats = npt.NDArray[np.float64]
PIXELS = "pixels"
THUMBNAIL_PX = 16
"""Side of the thumbnails of the features `pixels`."""


@dataclass(frozen=True, slots=True)
class Features:
    """A vector (d,) float64 for each case, and for each text if there are any."""

    pictures: dict[str, Floats]
    texts: dict[str, Floats]
    """By the normalised text of an option."""


def read(path: Path) -> Features:
    """Read a Parquet file with the columns `features`, and `id` or `text`.

    Raises DocumentError with all problems.
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
            problems.append(Problem(str(path), line, "a row needs either an `id` or a `text`"))
        elif found.ndim != 1 or not found.size or not np.isfinite(found).all():
            problems.append(
                Problem(str(path), line, "its `features` are not a list of finite numbers")
            )
        elif id_ is not None:
            pictures[str(id_)] = found
            sizes.add(found.size)
        else:
            texts[bare(str(text))] = found
            sizes.add(found.size)
    if len(sizes) > 1:
        what = f"its rows have {' and '.join(map(str, sorted(sizes)))} numbers"
        problems.append(Problem(str(path), 1, what, "use one encoder for all rows"))
    if problems:
        raise DocumentError(problems[:20])
    return Features(pictures, texts)


def pixels(cases: Iterable[tuple[Item, bytes]]) -> Features:
    """Return thumbnails as features: 256 grey values from 0 to 1, without an encoder."""
    import PIL.Image

    found: dict[str, Floats] = {}
    for item, picture in cases:
        with PIL.Image.open(BytesIO(picture)) as opened:
            small = opened.convert("L").resize(
                (THUMBNAIL_PX, THUMBNAIL_PX), PIL.Image.Resampling.BOX
            )
        found[item.id] = np.frombuffer(small.tobytes(), np.uint8).astype(np.float64) / 255
    return Features(found, {})


def table(cases: Iterable[Item], features: Features, path: str) -> Floats:
    """Return the features (cases, d). Raises DocumentError if a case has none."""
    cases = list(cases)
    missing = [item.id for item in cases if item.id not in features.pictures]
    if missing:
        what = f"{len(missing)} of {len(cases)} cases have no features, such as {missing[0]}"
        raise DocumentError([Problem(path, 1, what, "they may belong to another version")])
    return np.stack([features.pictures[item.id] for item in cases])
