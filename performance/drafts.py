"""How many labels drafts of mappings fill in rightly, with one source after the other left out.

    python -m performance.drafts [mesh_concepts.parquet] [--show]

The words are those of the shipped mappings and of the signed answer key. For each source, its own
mapping, and the abbreviations that hold for it alone, are taken out of the lexicon; what is left
resolves its words or guesses at them, with the recipe and the catalogue at hand. Synonyms in
`label.tsv` do not say which source they come from, and stay. With wordllama installed (the extra
`meaning`) and a table of MeSH's concepts, the ways are measured beside each other.
"""

from __future__ import annotations

import hashlib
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchsmith.documents import data_set_catalog, library, tsv
from benchsmith.documents.lexicon import MAPPING_COLUMNS, Lexicon
from benchsmith.documents.library import Library
from benchsmith.documents.problems import Problems
from benchsmith.documents.recipe import Recipe
from benchsmith.documents.stated_sites import stated
from benchsmith.drafting.mappings.label_guesses import Guess, Guesser, Likeness
from benchsmith.drafting.mappings.like_meaning import like_meaning
from benchsmith.drafting.mappings.source_scope import scope_of
from benchsmith.mesh.concept import Concept
from benchsmith.stages.normaliser import Normaliser
from benchsmith.stages.resolved_word import not_taken
from benchsmith.text.normal_form import normal
from performance import answers

HOME = Path(__file__).resolve().parents[1]
NOTHING = ("drop", "none")
"""Answers of the key that are not labels."""
FIRST = 3
"""Guesses among which the right one counts as shown."""


@dataclass(frozen=True, slots=True)
class Word:
    """A source's word and the label that it means; `drop` or `none` if it means none."""

    source: str
    raw: str
    modality: str
    label: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What a draft makes of a word."""

    word: Word
    how: str
    """`known`, `filled in`, `left empty`; `counted` where the recipe counts."""
    said: str
    """The label; empty if none is filled in."""
    guesses: tuple[Guess, ...]

    @property
    def right(self) -> bool:
        """Whether the label is the one that the key gives."""
        return self.said == self.word.label

    @property
    def shown(self) -> bool:
        """Whether the right label is among the first guesses."""
        labels = [g.label for g in self.guesses if g.label]
        return self.word.label in labels[:FIRST]


def words_of(lib: Library) -> dict[str, list[Word]]:
    """Return the words of the mappings and of the answer key, each once for a source."""
    found: dict[tuple[str, str], Word] = {}
    for source in lib.lexicon.mappings:
        path = lib.home / "lexicon" / "mappings" / f"{source}.tsv"
        known = lib.sources.get(source)
        modality = known.recipe.samples[0].modality if known else ""
        for row in tsv.collect(path, MAPPING_COLUMNS, Problems(lib.home)):
            word = Word(source, row["raw"], modality, row["label"] or "drop")
            found.setdefault((source, normal(row["raw"])), word)
    for a in answers.read():
        word = Word(a.source, a.raw, a.modality, a.label)
        found.setdefault((a.source, normal(a.raw)), word)
    by_source: dict[str, list[Word]] = defaultdict(list)
    for word in found.values():
        by_source[word.source].append(word)
    return dict(by_source)


def without(lexicon: Lexicon, source: str) -> Lexicon:
    """Return the lexicon without what one source's signatures brought."""
    short = {}
    for name, rows in lexicon.abbreviations.items():
        others = [replace(r, sources=tuple(s for s in r.sources if s != source)) for r in rows]
        if kept := tuple(r for r in others if r.sources):
            short[name] = kept
    mappings = {s: rows for s, rows in lexicon.mappings.items() if s != source}
    return replace(lexicon, mappings=mappings, abbreviations=short)


def left_out(
    lib: Library, mesh: Sequence[Concept] = (), likeness: Likeness | None = None
) -> Iterator[Judged]:
    """Yield what a draft makes of each word while its source's signatures are left out.

    Words of the key without a source are each a source of their own, of which nothing is known.
    """
    guesser = Guesser(lib.lexicon, mesh, likeness)  # leaves out each scope's own source
    catalogue = data_set_catalog.rows(lib.home, Problems(lib.home))
    anatomies = {row["recipe"]: row["anatomy"] for row in reversed(catalogue)}
    for source, words in sorted(words_of(lib).items()):
        recipe = lib.sources[source].recipe if source in lib.sources else None
        anatomy = anatomies.get(source, "") if source else ""
        lexicon = without(lib.lexicon, source)
        normaliser = Normaliser(lexicon, {source: stated(recipe, source, anatomy)})
        for group in [words] if source else [[word] for word in words]:
            yield from _judged(normaliser, guesser, group, recipe, anatomy)


def _judged(
    normaliser: Normaliser,
    guesser: Guesser,
    words: Sequence[Word],
    recipe: Recipe | None,
    anatomy: str,
) -> Iterator[Judged]:
    source = words[0].source
    normaliser.hear(source, [(w.raw, w.modality) for w in words])
    known = [normaliser.resolve(w.raw, source, w.modality) for w in words]
    modalities = [w.modality for w in words if w.modality]
    scope = scope_of(
        recipe,
        source,
        [w.raw for w in words],
        [k.label for k in known],
        normaliser.lexicon,
        modalities,
        anatomy,
        [w.raw for w, k in zip(words, known, strict=True) if k.reason == "unmapped-label"],
    )
    unknown = [w for w, k in zip(words, known, strict=True) if k.reason == "unmapped-label"]
    for word, found in zip(words, known, strict=True):
        if found.reason != "unmapped-label":
            yield Judged(word, "known", found.label or "drop", ())
    refused = ((w.raw, not_taken(k)) for w, k in zip(words, known, strict=True))
    scope = replace(scope, not_taken={(r, s[0]): s[1] for r, s in refused if s is not None})
    guessed = guesser.guess([w.raw for w in unknown], scope)
    for word, guesses in zip(unknown, guessed, strict=True):
        chosen = guesser.filled_in(guesses)
        how = "filled in" if chosen else "left empty"
        how = "counted" if scope.counts and word.raw.isdigit() else how
        yield Judged(word, how, chosen.label if chosen else "", guesses)


def figures(judged: Sequence[Judged]) -> Mapping[str, float]:
    """Return how many words are known, filled in and left empty, and how many of them rightly."""
    count = Counter((j.how, j.right) for j in judged)
    rest = [j for j in judged if j.how == "left empty" and j.word.label not in NOTHING]
    known, filled = count["known", True], count["filled in", True]
    found = known + filled + count["known", False] + count["filled in", False]
    words = [j for j in judged if j.how != "counted"]
    return {
        "words": len(words),
        "known right": known,
        "known wrong": count["known", False],
        "filled in right": filled,
        "filled in wrong": count["filled in", False],
        "precision": filled / max(1, filled + count["filled in", False]),
        "with a label": found / max(1, len(words)),
        "rest": len(rest),
        "in three": sum(j.shown for j in rest) / max(1, len(rest)),
    }


def half_of(word: Word) -> int:
    """Return 0 or 1, the same for all words of a source: rules are written with half 0 at hand."""
    return hashlib.sha256((word.source or word.raw).encode()).digest()[-1] % 2


def main(argv: list[str]) -> None:
    """Print the figures of each way; with ``--show`` the words that are wrong or left empty."""
    lib = library.collect(HOME, Problems(HOME))
    tables = [Path(a) for a in argv if a.endswith(".parquet")]
    mesh = _concepts(tables[0]) if tables else []
    meaning = like_meaning(lib.lexicon)
    ways: dict[str, tuple[list[Concept], Likeness | None]] = {"the lexicon": ([], None)}
    if mesh:
        ways["with MeSH"] = (mesh, None)
    if meaning:
        ways["with word vectors"] = ([], meaning)
    if mesh and meaning:
        ways["with both"] = (mesh, meaning)
    for name, (concepts, likeness) in ways.items():
        start = time.perf_counter()
        judged = list(left_out(lib, concepts, likeness))
        said = ", ".join(
            f"{k} {v if isinstance(v, int) else f'{v:.1%}'}" for k, v in figures(judged).items()
        )
        print(f"{name}: {said}; {time.perf_counter() - start:.0f} s")
        for half in (0, 1):
            own = figures([j for j in judged if half_of(j.word) == half])
            unknown = own["filled in right"] + own["filled in wrong"] + own["rest"]
            share = own["filled in right"] / max(1, unknown)
            print(f"  half {half}: {share:.1%} of the unknown words filled in rightly, "
                  f"precision {own['precision']:.1%}, in three {own['in three']:.1%}")  # fmt: skip
        if "--show" in argv:
            for j in judged:
                if not j.right and j.how != "counted":
                    near = "; ".join(map(str, j.guesses[:FIRST]))
                    print(f"  {j.how}: {j.word}: {j.said or '?'}; {near}")


def _concepts(path: Path) -> list[Concept]:
    import pyarrow.parquet as pq

    return [
        Concept(
            concept=row["concept_ui"],
            name=row["concept_name"],
            descriptor=row["descriptor_ui"],
            descriptor_name=row["descriptor_name"],
            preferred=row["preferred"],
            tree_numbers=tuple(row["tree_numbers"] or ()),
            terms=tuple(row["terms"] or ()),
            scope_note="",
        )
        for row in pq.read_table(path).to_pylist()
    ]


if __name__ == "__main__":
    main(sys.argv[1:])
