"""Faults in the list of a source's files, found before a build; only tables are opened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from benchsmith import plugins
from benchsmith.core.reasons import REASONS
from benchsmith.documents import text_file, yaml
from benchsmith.documents.labels import Table, one
from benchsmith.documents.library import Library
from benchsmith.documents.problems import Problems
from benchsmith.documents.recipe import Recipe, Source
from benchsmith.fetch import packages
from benchsmith.stages.list_units import list_source
from benchsmith.text import path_misses, path_patterns

TWICE, MISSING = REASONS["key-twice"], "file-missing"
HINT = "correct the path, or put the files there"


def find_listing_faults(home: Path, library: Library, problems: Problems) -> None:
    """Add a problem if pictures of a source share keys, and for each path that leads nowhere.

    Only sources with data on this machine are examined, and none whose recipe has a problem,
    because its patterns may lead nowhere.
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
        twice = [r for r in rejected if r.reason == TWICE.code]
        if twice:
            path = source.path
            _, lines = yaml.collect(path, Recipe, Problems(home))
            first = twice[0]
            more = f", and {len(twice) - 1} more files" if len(twice) > 1 else ""
            what = f"pictures share a key: {first.subject}: {first.detail}{more}"
            problems.add(path, lines.of(("samples",)), what, TWICE.hint)
        text = text_file.lines(source.path)
        lost = [(r.subject, r.detail) for r in rejected if r.reason == MISSING]
        for pattern, what in dict([*lost, *_missing(source, roots)]).items():
            line = next((n for n, each in enumerate(text, start=1) if pattern in each), 1)
            problems.add(source.path, line, what, HINT)


def _missing(source: Source, roots: Mapping[str, Path]) -> Iterator[tuple[str, str]]:
    """Yield each pattern that matches no label file, and why."""
    for entry in source.recipe.samples:
        for labels in map(one, entry.labels):
            if isinstance(labels, Table):
                continue  # the listing reads tables
            for key in ("file", "names_file"):
                place = getattr(labels, key, None)
                if place is None:
                    continue
                prefix, _, name = place.rpartition(":")
                if not path_patterns.find(roots[prefix], name):
                    yield place, path_misses.why_nothing(roots[prefix], name)
