"""One-hot labels in arrays whose codes are not 0 and 1."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np

from benchsmith.core.contracts import Array
from benchsmith.text import one_hot_cells


@lru_cache(maxsize=1)
def unclear_columns(
    path: Path, changed_ns: int, name: str, arrays: Callable[[Path], Mapping[str, Array]]
) -> tuple[int, ...]:
    """Return the columns of an array of labels, (pictures, columns), whose coding is not understood.

    `arrays` reads the arrays of a file, and `changed_ns` is when this one was changed: a whole array is
    examined only once.
    """
    columns = arrays(path)[name].T
    cells = {str(i): [f"{v:g}" for v in np.unique(column)] for i, column in enumerate(columns)}
    return tuple(int(column) for column in one_hot_cells.unclear_columns(cells))
