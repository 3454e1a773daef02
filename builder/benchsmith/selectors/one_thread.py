"""One thread for products of matrices: on small ones, threads that wait for one another cost more than they save."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any


def one_thread() -> AbstractContextManager[Any]:
    """Return a context in which the libraries of linear algebra use one thread."""
    limited: AbstractContextManager[Any] = _controller(len(sys.modules)).limit(limits=1)
    return limited


@lru_cache(maxsize=1)
def _controller(modules: int) -> Any:
    """Return the controller of the libraries that are loaded.

    It looks through all libraries of the process, so it is kept until another module is imported, which may
    load another one. `modules` is the number of those that are imported.
    """
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
