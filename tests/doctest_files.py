"""Only files with a doctest are collected for doctests.

pytest would import every file of the program to look for examples, and search the names of every test module.
Each worker of pytest-xdist collects for itself, so that would cost seconds of each.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest
from _pytest.doctest import DoctestModule

PROMPT = b">>>"


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path,
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Leave out the doctests of a file that has none."""
    found = yield
    if any(isinstance(each, DoctestModule) for each in found) and not has_prompt(file_path):
        return [each for each in found if not isinstance(each, DoctestModule)]
    return found


def has_prompt(path: Path) -> bool:
    """Return whether a file may have a doctest: an example starts with the prompt of Python."""
    return PROMPT in path.read_bytes()
