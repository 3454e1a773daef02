"""The exceptions are the tree that core/errors.py draws, and each has an exit code of the command."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import benchsmith
from benchsmith import cli
from benchsmith.cli.app import BUG, DOCUMENTS, ENVIRONMENT, GATE, REJECTED
from benchsmith.core import errors
from benchsmith.core.errors import BenchsmithError
from benchsmith.documents.problems import Problem

DRAWN = re.compile(r"^ *[│├└─ ]*([A-Z]\w+)(?: +(\d))?", re.MULTILINE)
ROOMS = ("api", "core", "documents", "engine", "explore", "fetch", "models.endpoint", "publish")


def below(error: type[BenchsmithError]) -> Iterator[type[BenchsmithError]]:
    """Return an exception and all that derive from it."""
    yield error
    for each in error.__subclasses__():
        yield from below(each)


@pytest.fixture(scope="module")
def tree() -> set[type[BenchsmithError]]:
    """Return all exceptions of the package, once the modules that define them are imported."""
    for room in ROOMS:
        found = importlib.import_module(f"benchsmith.{room}")
        for module in pkgutil.iter_modules(getattr(found, "__path__", ())):
            importlib.import_module(f"{found.__name__}.{module.name}")
    return {e for e in below(BenchsmithError) if e.__module__.startswith(benchsmith.__name__)}


def test_the_drawn_tree_is_the_tree(tree: set[type[BenchsmithError]]) -> None:
    drawing = (errors.__doc__ or "").partition("::\n")[2].partition("\nThe number")[0]
    drawn = dict(DRAWN.findall(drawing))
    assert drawn.keys() == {e.__name__ for e in tree}
    for error in tree:
        if drawn[error.__name__]:
            assert str(error.exit_code) == drawn[error.__name__], error


def test_exit_codes_are_the_command_s(tree: set[type[BenchsmithError]]) -> None:
    codes = {e.__name__: e.exit_code for e in tree}
    assert codes["DocumentError"] == DOCUMENTS and codes["GateFailed"] == GATE
    assert codes["TooMuchRejected"] == REJECTED and codes["WorkerLost"] == ENVIRONMENT
    assert codes["BenchsmithError"] == codes["BuildStopped"] == BUG
    assert set(codes.values()) == {BUG, DOCUMENTS, REJECTED, ENVIRONMENT, GATE}


@pytest.mark.parametrize(
    ("error", "code"),
    [(OSError("disk"), ENVIRONMENT), (errors.InputMissing("x"), ENVIRONMENT), (KeyError(1), BUG)],
)
def test_an_error_ends_with_its_code(error: Exception, code: int) -> None:
    assert cli._code(error) == code  # noqa: SLF001


def test_a_problem_without_a_place_names_none() -> None:
    assert str(Problem.without_place("no model 'x'", "name one")) == "no model 'x'; name one"
    assert str(Problem("a.yaml", 3, "no model 'x'")) == "a.yaml:3: no model 'x'"
