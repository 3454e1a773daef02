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
    path: Path, changed_ns: int, ending: str, columns: int,
    arrays: Callable[[Path], Mapping[str, Array]],
) -> tuple[int, ...]:  # fmt: skip
    """Return the columns whose coding is not understood in the arrays of labels, (pictures, columns), of a file.

    All arrays that end in `ending` and have so many columns are judged together: that of the test set may hold
    only 1 where that of the training set has 1 and 2. `arrays` reads the arrays of a file, and `changed_ns` is
    when this one was changed: a file is examined only once.
    """
    found: dict[str, set[str]] = {str(i): set() for i in range(columns)}
    for name, array in arrays(path).items():
        if name.endswith(ending) and array.ndim == 2 and array.shape[1] == columns:
            for i, column in enumerate(array.T):
                found[str(i)].update(f"{v:g}" for v in np.unique(column))
    return tuple(int(column) for column in one_hot_cells.unclear_columns(found))
