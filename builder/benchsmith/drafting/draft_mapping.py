"""Drafts of a source's mapping: its unknown words with suggested labels, for a curator to sign."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from benchsmith import plugins
from benchsmith.core.model import Rejection
from benchsmith.core.reasons import sentence
from benchsmith.documents import library as libraries
from benchsmith.documents import tsv
from benchsmith.documents.benchmark import Slices
from benchsmith.documents.lexicon import MAPPING_COLUMNS
from benchsmith.documents.problems import DocumentError, Problem, Problems, did_you_mean
from benchsmith.documents.recipe import source_ids
from benchsmith.engine import Lost, engine
from benchsmith.fetch import packages
from benchsmith.mesh import concept_table as mesh
from benchsmith.mesh.suggest import Suggester, Suggestion
from benchsmith.stages import ingest
from benchsmith.stages.list_units import list_units
from benchsmith.stages.normaliser import Normaliser
from benchsmith.stages.unit_memory import largest_first
from benchsmith.text.normal_form import normal

MIN_SCORE = 80.0
"""Smallest score, of 100, of a suggestion that is filled in as a draft's label."""
MAX_REASONS = 5
"""Reasons that are listed if no label could be read."""


def draft_mapping(home: Path, source: str, workers: int) -> Iterator[str]:
    """Append a source's unknown words to its mapping, unsigned, with suggestions in `note`.

    Yields lines of a report. Raises DocumentError for an unknown source, and for problems in
    documents other than missing signatures in this mapping.
    """
    problems = Problems(home)
    known = source_ids(home)
    if source not in known:
        raise DocumentError([Problem(f"raw_sources/{source}/recipe.yaml", 1, "the recipe is missing",
                                     did_you_mean(source, known))])  # fmt: skip
    library = libraries.collect(home, problems, frozenset([source]))
    mapping = f"lexicon/mappings/{source}.tsv"
    others = [p for p in problems.found if p.file != mapping]  # its drafts are not signed yet
    if others:
        raise DocumentError(others)
    words, lost, missing, unlisted = _words(home, library, source, workers)
    if missing:
        yield f"{source}: {missing}; `benchsmith fetch` downloads data packages"
        return
    yield from (f"{source}: left out: {line}" for line in unlisted)
    normaliser = Normaliser(library.lexicon)
    unknown = [
        (raw, n)
        for (raw, modality), n in sorted(words.items())
        if normaliser.resolve(raw, source, modality).reason == "unmapped-label"
    ]
    if not words:
        yield f"{source}: no label could be read; rejected:"
        yield from (f"  {n} x {what}" for what, n in lost.most_common(MAX_REASONS))
        return
    if not unknown:
        yield f"{source}: the lexicon has all {len({raw for raw, _ in words})} labels"
        return
    path = home / mapping
    rows = (
        [dict(row.cells) for row in tsv.read(path, MAPPING_COLUMNS, home)] if path.is_file() else []
    )
    listed = {normal(row["raw"]) for row in rows}
    suggested = Suggester(library.lexicon, mesh.read(home)).suggest([raw for raw, _ in unknown])
    for (raw, n), found in zip(unknown, suggested, strict=True):
        suggestions = "; ".join(map(str, found)) or "no suggestion"
        if normal(raw) not in listed:
            rows.append({"raw": " ".join(raw.split()), "relation": "exact", "label": _filled_in(found),
                         "reviewed_by": "", "note": f"draft: {suggestions}; stated {n} times"})  # fmt: skip
            listed.add(normal(raw))
        yield f"{raw}\t{suggestions}"
    path.parent.mkdir(parents=True, exist_ok=True)
    tsv.write(path, MAPPING_COLUMNS, rows)
    yield f"{len(unknown)} drafts in {mapping}: correct each label, then sign it in `reviewed_by`"


def _filled_in(found: tuple[Suggestion, ...]) -> str:
    """Return the label of a draft: the best suggestion, if its score is high and free of doubt."""
    first = found[0] if found else None
    return first.label if first and first.score >= MIN_SCORE and not first.doubt else ""


def _words(
    home: Path, library: libraries.Library, source: str, workers: int
) -> tuple[Counter[tuple[str, str]], Counter[str], str, list[str]]:
    """Return a source's words by label and modality, and the reasons of rejections.

    Then a sentence on missing data, and the pictures that share a key, whose labels are not read.
    """
    recipe = library.sources[source]
    roots = packages.roots(home, recipe)
    if isinstance(roots, str):
        return Counter(), Counter(), roots, []
    readers = plugins.readers()
    units, rejected = list_units(recipe, roots, readers)
    lost = Counter(_lost(r) for r in rejected)
    work = partial(ingest.ingest, settings=Slices(min_share=0.0), plugins=readers)
    counts: Counter[tuple[str, str]] = Counter()
    with closing(engine(workers)) as at_work:
        units, memory = largest_first(units)
        for number, found in at_work.map(work, units, memory):
            result = ingest.lost(units[number], found.why) if isinstance(found, Lost) else found
            counts.update({(f.raw, f.modality) for f in result.findings})
            lost.update(_lost(r) for r in result.rejected)
    shared = [_lost(r) for r in rejected if r.reason == "key-twice"]
    return counts, lost, "", shared[:MAX_REASONS]


def _lost(rejection: Rejection) -> str:
    return f"{rejection.subject}: {sentence(rejection.reason, rejection.detail)}"
