"""Drafts of a source's mapping: its unknown words with suggested labels, for a curator to sign."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
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
from benchsmith.documents.stated_sites import stated_sites
from benchsmith.drafting.mappings import draft_lines
from benchsmith.drafting.mappings.label_guesses import Guess
from benchsmith.drafting.mappings.source_guesser import SourceGuesser
from benchsmith.drafting.mappings.source_scope import Scope
from benchsmith.engine import Lost, engine
from benchsmith.fetch import packages
from benchsmith.mesh import concept_table as mesh
from benchsmith.stages import ingest
from benchsmith.stages.list_units import list_units
from benchsmith.stages.normaliser import Normaliser
from benchsmith.stages.resolved_word import Resolved, not_taken
from benchsmith.stages.unit_memory import largest_first
from benchsmith.text.normal_form import normal

MAX_REASONS = 5
"""Reasons that are listed if no label could be read."""


def draft_mapping(
    home: Path, source: str, workers: int, labels: set[str] | None = None
) -> Iterator[str]:
    """Append a source's unknown words to its mapping, unsigned, with suggestions in `note`.

    Yields a line for each word of the source, known or not, and lines of a report. Fills `labels`
    with the labels of the words that the lexicon knows. Raises DocumentError for an unknown source,
    and for problems in documents other than missing signatures in this mapping.
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
    if not words:
        yield f"{source}: no label could be read; rejected:"
        yield from (f"  {n} x {what}" for what, n in lost.most_common(MAX_REASONS))
        return
    normaliser = Normaliser(library.lexicon, stated_sites(library))
    normaliser.hear(source, words)
    how_known = {key: normaliser.resolve(key[0], source, key[1]) for key in sorted(words)}
    if labels is not None:
        labels.update(k.label for k in how_known.values() if k.label)
    guesser = SourceGuesser(home, library.lexicon, mesh.read(home))
    unknown = {key: words[key] for key, k in how_known.items() if k.reason == "unmapped-label"}
    scope = guesser.scope(
        source,
        [raw for raw, _ in how_known],
        [k.label for k in how_known.values()],
        [m for _, m in how_known],
        [raw for raw, _ in unknown],
    )
    scope = replace(scope, not_taken=_not_taken(how_known))
    guesses = dict(zip(unknown, guesser.guess([raw for raw, _ in unknown], scope), strict=True))
    doubted = {
        key: why for key in how_known if (why := normaliser.elsewhere(key[0], source, key[1]))
    }
    for key, how in how_known.items():
        if key in guesses:
            yield draft_lines.guessed(key[0], guesses[key], guesser.filled_in(guesses[key]))
        else:
            yield draft_lines.resolved(key[0], how, library.lexicon, scope)
    if not unknown and not doubted:
        yield f"{source}: the lexicon has all {len({raw for raw, _ in words})} labels"
        return
    rows = tsv.read(home / mapping, MAPPING_COLUMNS, home) if (home / mapping).is_file() else []
    drafts = [dict(row.cells) for row in rows]
    listed = {normal(row["raw"]) for row in drafts}
    for key in [*unknown, *doubted]:
        raw = key[0]
        if normal(raw) not in listed:
            listed.add(normal(raw))
            own = key in doubted
            found = (_doubted(how_known[key].label, doubted[key]),) if own else guesses[key]
            drafts.append(_draft(raw, words[key], found, guesser, scope))
    (home / mapping).parent.mkdir(parents=True, exist_ok=True)
    tsv.write(home / mapping, MAPPING_COLUMNS, drafts)
    yield f"{len(unknown) + len(doubted)} drafts in {mapping}: correct each label, then sign it in `reviewed_by`"


def _not_taken(how_known: Mapping[tuple[str, str], Resolved]) -> dict[tuple[str, str], str]:
    """Return, by word and label, why the lexicon's label says more than the word."""
    every = ((raw, not_taken(how)) for (raw, _), how in how_known.items())
    return {(raw, said[0]): said[1] for raw, said in every if said is not None}


def _doubted(label: str, why: str) -> Guess:
    """Return the lexicon's own label for a word as a guess that no draft fills in."""
    return Guess(label, 100.0, "the lexicon's", why.removeprefix(f"{label} "))


def _draft(
    raw: str, stated: int, found: Sequence[Guess], guesser: SourceGuesser, scope: Scope
) -> dict[str, str]:
    """Return an unsigned row: with a label only if one is certain, and with all near ones in the note."""
    chosen = guesser.filled_in(found)
    shown = found[: draft_lines.SHOWN]
    refused = [g for g in found if (raw, g.label) in scope.not_taken and g not in shown]
    near = "; ".join(map(str, (*shown, *refused))) or "no suggestion"
    return {
        "raw": " ".join(raw.split()),
        "relation": "exact",
        "label": chosen.label if chosen else "",
        "reviewed_by": "",
        "note": f"draft: {near}; stated {stated} times",
    }


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
