"""Arrays in memory order, whatever the order of their axes."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


class Laid(NamedTuple):
    """An array in memory order, and the order of its axes as shown."""

    values: Array
    """C-contiguous; a view where the array is dense."""
    order: tuple[int, ...]
    """For each axis of `values`, the axis that it is shown as."""
    turned: tuple[int, ...]
    """Shown axes that run backwards in memory."""

    def shown(self) -> Array:
        """Return the array as it was, as a view."""
        back = tuple(int(axis) for axis in np.argsort(self.order))
        return np.flip(self.values.transpose(back), self.turned)


def laid(array: Array) -> Laid:
    """Return an array in its order of memory.

    >>> laid(np.arange(6).reshape(2, 3).T[::-1]).values
    array([[0, 1, 2],
           [3, 4, 5]])
    """
    order = tuple(sorted(range(array.ndim), key=lambda axis: -abs(array.strides[axis])))
    turned = tuple(axis for axis in range(array.ndim) if array.strides[axis] < 0)
    values = np.ascontiguousarray(np.flip(array, turned).transpose(order))
    return Laid(values, order, turned)
