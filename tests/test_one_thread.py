"""Products of matrices use one thread, also in libraries that are loaded later."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from types import ModuleType

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from benchsmith.selectors.one_thread import one_thread


def threads() -> list[int]:
    assert np.ones((2, 2)).dot(np.ones((2, 2))).sum() == 8  # the library is loaded
    return [library["num_threads"] for library in threadpool_info()]


def test_every_library_has_one_thread_and_then_as_many_as_before() -> None:
    with threadpool_limits(2):
        before = threads()
        assert 2 in before
        for _ in range(2):  # the second time with the controller of the first
            with one_thread():
                assert set(threads()) == {1}
            assert threads() == before


def test_the_libraries_are_looked_up_anew_after_an_import(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up: list[int] = []

    class Controller:
        def __init__(self) -> None:
            looked_up.append(len(sys.modules))

        def limit(self, *, limits: int) -> nullcontext[None]:
            return nullcontext()

    monkeypatch.setattr("threadpoolctl.ThreadpoolController", Controller)
    monkeypatch.setitem(sys.modules, "a_first_module", ModuleType("a_first_module"))
    for _ in range(2):
        one_thread()
    assert len(looked_up) == 1
    monkeypatch.setitem(sys.modules, "a_second_module", ModuleType("a_second_module"))
    one_thread()
    assert len(looked_up) == 2
