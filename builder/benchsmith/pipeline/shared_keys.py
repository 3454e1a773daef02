"""Pictures of a source that share a key, found before a build."""

from __future__ import annotations

from pathlib import Path

from benchsmith import plugins
from benchsmith.core.reasons import REASONS
from benchsmith.documents import yaml
from benchsmith.documents.library import Library
from benchsmith.documents.problems import Problems
from benchsmith.documents.recipe import Recipe
from benchsmith.fetch import packages
from benchsmith.stages.list_units import list_source

REASON = REASONS["key-twice"]


def find_shared_keys(home: Path, library: Library, problems: Problems) -> None:
    """Add a problem for each source whose data are here and whose pictures share keys.

    A source whose recipe has a problem is not looked at: its patterns may lead nowhere.
    """
    readers = plugins.readers()
    faulty = {problem.file for problem in problems.found}
    for source in library.sources.values():
        if problems.show(source.path) in faulty:
            continue
        roots = packages.roots(home, source)
        if isinstance(roots, str):
            continue
        rejected = list_source(source, roots, readers).rejected
        twice = [r for r in rejected if r.reason == REASON.code]
        if twice:
            path = source.path
            _, lines = yaml.collect(path, Recipe, Problems(home))
            first = twice[0]
            more = f", and {len(twice) - 1} more files" if len(twice) > 1 else ""
            what = f"pictures share a key: {first.subject}: {first.detail}{more}"
            problems.add(path, lines.of(("samples",)), what, REASON.hint)
