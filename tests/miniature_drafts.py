"""Drafts a recipe from the miniature of a shipped one, and compares what both read.

The miniature is all that the draft sees. Findings are compared by picture file and place: plane,
crop, box and area; and by their words where the files state them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchsmith import plugins
from benchsmith.core.model import Finding
from benchsmith.documents.benchmark import Slices
from benchsmith.documents.labels import one
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.recipe import Source
from benchsmith.drafting.recipes.draft_recipe import draft
from benchsmith.drafting.recipes.proposal import Draft
from benchsmith.drafting.recipes.trial import source_of
from benchsmith.stages.ingest import ingest
from benchsmith.stages.list_units import list_units
from tests import backwards

SAME, SAID, SILENT, NOT_THERE = (
    "same",
    "other, and said",
    "other, silently",
    "no labels in the data",
)
_Place = tuple[Any, ...]


@dataclass(frozen=True)
class Compared:
    """How a draft reads a miniature, beside the recipe that wrote it."""

    name: str
    verdict: str
    true: int
    drafted: int
    common: int
    wrong_words: int
    """Findings at the same place whose words differ, where the files state them."""
    open: tuple[str, ...]
    """What the draft leaves open."""


def compare(source: Source, lexicon: Lexicon, folder: Path) -> Compared:
    """Write a source's miniature into a folder, draft from it, and compare the findings."""
    words = [r for r, m in lexicon.mappings.get(source.id, {}).items() if m.relation != "drop"]
    roots = backwards.write(source, folder, [*words, "liver", "spleen", "kidney"])
    several = sum(prefix != "recipe" for prefix in roots) > 1
    seen = folder if several else roots[""]
    true = _found(_without_made(source), roots, seen)
    made = draft(seen, plugins.readers(), lexicon)
    drafted: dict[_Place, Counter[str]] = {}
    if made.samples:
        drafted = _found(source_of(made.samples, seen), {"": seen, "recipe": seen}, seen)
    a, b = _sizes(true), _sizes(drafted)
    if any(t.file.startswith("recipe:") for e in source.recipe.samples for t in e.sheets):
        verdict = NOT_THERE if made.open else SILENT
    else:
        asked = source == _without_made(source) or any("lies within" in o for o in made.open)
        verdict = SAME if a == b and asked else SAID if made.open else SILENT
    wrong = _wrong_words(source, made, true, drafted)
    return Compared(
        source.id, verdict, a.total(), b.total(), (a & b).total(), wrong, tuple(made.open)
    )


def _without_made(source: Source) -> Source:
    """Return a source that reads the parts of made labels: a draft can only ask about the whole."""
    samples = tuple(
        entry.model_copy(update={"labels": tuple(map(_parts_alone, entry.labels))})
        for entry in source.recipe.samples
    )
    return source._replace(recipe=source.recipe.model_copy(update={"samples": samples}))


def _parts_alone(labels: Any) -> Any:
    made, names = getattr(labels, "made", {}), getattr(labels, "names", None) or {}
    if not made:
        return labels
    hidden = {p: str(p) for each in made.values() for p in each if p not in names.values()}
    return labels.model_copy(update={"union": {}, "minus": {}, "names": {**names, **hidden}})


def _found(source: Source, roots: dict[str, Path], seen: Path) -> dict[_Place, Counter[str]]:
    """Return the words of every place that a recipe reads."""
    readers = plugins.readers()
    units, _ = list_units(source, roots, readers)
    found: dict[_Place, Counter[str]] = defaultdict(Counter)
    for unit in units:
        file = unit.path.relative_to(seen.resolve()).as_posix()
        for finding in ingest(unit, Slices(), readers).findings:
            found[(file, unit.part, *_place(finding))][finding.raw] += 1
    return found


def _place(f: Finding) -> _Place:
    return (f.kind, f.axis, f.index, f.crop, f.box, f.area_px)


def _sizes(found: dict[_Place, Counter[str]]) -> Counter[_Place]:
    return Counter({place: words.total() for place, words in found.items()})


def _wrong_words(
    source: Source,
    made: Draft,
    true: dict[_Place, Counter[str]],
    drafted: dict[_Place, Counter[str]],
) -> int:
    """Count the places at which words differ, except words that no file states.

    The recipe may rename what a file states; the renaming is applied to the draft's words.
    """
    renamed: dict[str, set[str]] = defaultdict(set)
    for entry in source.recipe.samples:
        for labels in map(one, entry.labels):
            for key in ("names", "values"):
                for word, label in (getattr(labels, key, None) or {}).items():
                    renamed[str(word)].add(label)
    unstated = {
        str(word)
        for entry in made.samples
        for labels in entry.labels
        if not labels.names_stated
        for word in _given(labels.one)
    }
    wrong = 0
    for place in true.keys() & drafted.keys():
        if unstated & set(drafted[place]):
            continue
        own = list(true[place].elements())
        for word in drafted[place].elements():
            fit = next((w for w in own if w == word or w in renamed[word]), None)
            if fit is None:
                wrong += 1
            else:
                own.remove(fit)
    return wrong


def _given(keys: dict[str, Any]) -> Iterable[str]:
    for key in ("names", "values"):
        yield from (keys.get(key) or {}).values()
    if "label" in keys:
        yield keys["label"]


def table(rows: Iterable[Compared]) -> str:
    """Return a table of comparisons as text."""
    lines = [
        f"{'recipe':30}{'verdict':24}{'true':>6}{'draft':>6}{'both':>6}{'words':>6}  left open"
    ]
    for r in rows:
        what = r.open[0][:70] if r.open else ""
        lines.append(
            f"{r.name:30}{r.verdict:24}{r.true:6}{r.drafted:6}{r.common:6}{r.wrong_words:6}  {what}"
        )
    return "\n".join(lines)
