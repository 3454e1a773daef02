"""Checks that recipes and the lexicon refer to things that exist."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchsmith.documents import shipped, text_file
from benchsmith.documents.lexicon import ANY, Lexicon
from benchsmith.documents.problems import Problems, nearest
from benchsmith.documents.recipe import Source, source_ids


def check(source: Source, lexicon: Lexicon, problems: Problems) -> None:
    """Add a problem for each licence, modality and window of a recipe that the lexicon lacks."""
    recipe, path = source.recipe, source.path
    line_of = _line_finder(path)
    if recipe.licence not in lexicon.licences:
        hint = nearest(recipe.licence, lexicon.licences, "add it to lexicon/licences.tsv")
        problems.add(path, line_of("licence:"), f"unknown licence {recipe.licence!r}", hint)
    windows = [w.id for w in lexicon.windows]
    for entry in recipe.samples:
        modality = entry.modality
        if not modality.startswith("column:") and modality not in lexicon.modalities:
            hint = nearest(modality, lexicon.modalities.terms)
            line = line_of(f"modality: {modality}")
            problems.add(path, line, f"unknown modality {modality!r}", hint)
        if entry.window is not None and entry.window not in windows:
            hint = nearest(entry.window, windows)
            line = line_of(f"window: {entry.window}")
            problems.add(path, line, f"unknown window {entry.window!r}", hint)


def check_lexicon(home: Path, lexicon: Lexicon, problems: Problems) -> None:
    """Add a problem for each mapping, noun and abbreviation of a source that does not exist."""
    known = source_ids(home)
    for source in lexicon.mappings:
        if source not in known:
            path = shipped.effective(home / "lexicon" / "mappings" / f"{source}.tsv", home)
            problems.add(path, 1, f"there is no source {source!r}", nearest(source, known))
    for label, source, _ in lexicon.nouns:
        if source != ANY and source not in known:
            path = home / "lexicon" / "nouns.tsv"
            what = f"there is no source {source!r} (label {label})"
            problems.add(path, 1, what, nearest(source, known))
    for rows in lexicon.abbreviations.values():
        for row in rows:
            for source in row.sources:
                if source != ANY and source not in known:
                    file, _, line = row.at.rpartition(":")
                    what = f"there is no source {source!r}"
                    problems.add(home / file, int(line), what, nearest(source, known))


def _line_finder(path: Path) -> Callable[[str], int]:
    """Return a function that returns the first line with a text, or 1."""
    lines = text_file.lines(path)
    return lambda text: next((i for i, line in enumerate(lines, 1) if text in line), 1)
