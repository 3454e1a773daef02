"""Benchsmith turns labelled medical images into a publishable multiple-choice benchmark.

The public interface is what `__all__` names; everything else may change between versions::

    import benchsmith

    project = benchsmith.Project("my-project")
    project.check()                            # raises DocumentError with all problems
    outcome = project.build("demo")            # .folder, .questions, .rejected
    release = project.release("demo")          # or benchsmith.load_release(folder)
    release.cases                              # a pandas table, one row per case
    release[release.cases.id[0]]               # a question; .picture is a PIL image
    release.score({"697d30135698c5c4": "B"})   # .rows: accuracy by split and task

A function returns a complete result or raises an error; it never returns a partial result. All
errors that a user can cause or resolve derive from :class:`BenchsmithError`.
:mod:`benchsmith.core.errors` draws the tree.
"""

# no `from __future__ import annotations` here: it would bind the name of the room `annotations`
TYPE_CHECKING = False  # `typing` takes milliseconds, in which Ctrl-C would print a traceback
if TYPE_CHECKING:
    from typing import Any

    from benchsmith.api.loaded_release import LoadedRelease, UnknownCase, load_release
    from benchsmith.api.project import Counts, Project
    from benchsmith.api.shown_question import Question
    from benchsmith.api.source_preview import SourcePreview
    from benchsmith.core.errors import (
        BenchsmithError,
        BuildStopped,
        EnvironmentFailed,
        GateFailed,
        InputMissing,
        SourceChanged,
        TooMuchRejected,
    )
    from benchsmith.documents.problems import DocumentError, Problem
    from benchsmith.evaluate.extract import Extracted, extract
    from benchsmith.pipeline.build import Outcome

__version__ = "0.1.0"

_HOMES = {
    "BenchsmithError": "core.errors",
    "BuildStopped": "core.errors",
    "Counts": "api.project",
    "DocumentError": "documents.problems",
    "EnvironmentFailed": "core.errors",
    "Extracted": "evaluate.extract",
    "GateFailed": "core.errors",
    "InputMissing": "core.errors",
    "LoadedRelease": "api.loaded_release",
    "Outcome": "pipeline.build",
    "Problem": "documents.problems",
    "Project": "api.project",
    "Question": "api.shown_question",
    "SourceChanged": "core.errors",
    "SourcePreview": "api.source_preview",
    "TooMuchRejected": "core.errors",
    "UnknownCase": "api.loaded_release",
    "extract": "evaluate.extract",
    "load_release": "api.loaded_release",
}
"""The module of each public name. They are imported at first use: `benchsmith --help` needs none."""

__all__ = [
    "BenchsmithError",
    "BuildStopped",
    "Counts",
    "DocumentError",
    "EnvironmentFailed",
    "Extracted",
    "GateFailed",
    "InputMissing",
    "LoadedRelease",
    "Outcome",
    "Problem",
    "Project",
    "Question",
    "SourceChanged",
    "SourcePreview",
    "TooMuchRejected",
    "UnknownCase",
    "__version__",
    "extract",
    "load_release",
]


def __getattr__(name: str) -> "Any":
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"benchsmith.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
