"""The functions of :mod:`pyarrow.compute`, imported when one is first used.

That module writes each of its 300 functions when it is imported, which takes a twelfth of a build that
has nothing to do and calls none of them.
"""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    """Return a function of :mod:`pyarrow.compute`. Raises AttributeError for an unknown name."""
    import pyarrow.compute

    found = getattr(pyarrow.compute, name)
    globals()[name] = found  # later uses find it here
    return found
