"""Open the desks of a project: those that there is something for."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchsmith.documents import benchmark as benchmarks
from benchsmith.documents import library as libraries
from benchsmith.documents import pools, query, reviews, votes
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.library import Library
from benchsmith.documents.problems import DocumentError, Problem, Problems
from benchsmith.review.act_store import Store
from benchsmith.review.built_cases import Case, Shelf
from benchsmith.review.contract import Desk
from benchsmith.review.desks.atlas import Atlas
from benchsmith.review.desks.cases import Cases
from benchsmith.review.desks.mappings import Mappings
from benchsmith.review.desks.questions import Questions
from benchsmith.review.desks.tags import Tags
from benchsmith.review.label_examples import Examples
from benchsmith.review.slices import Slices
from benchsmith.tagging.hand_out import Wanted
from benchsmith.text.languages import ENGLISH


@dataclass(frozen=True, slots=True)
class Round:
    """What is put to the vote, how often, and under which name."""

    name: str
    wanted: Wanted
    each: int
    seed: int


@dataclass(frozen=True, slots=True)
class Where:
    """A project, and the benchmark of it that is reviewed; without one there are no cases."""

    home: Path
    output: Path
    benchmark: str


def read(home: Path, benchmark: str = "") -> Library:
    """Read a project's documents; of recipes, only a benchmark's where one is named.

    Raises DocumentError. Unsigned rows of mappings are no problem here: they are what is worked on.
    """
    problems = Problems(home)
    only = None
    if benchmark:
        document, _ = benchmarks.read(home / "benchmarks" / f"{benchmark}.yaml", problems)
        problems.raise_any()
        assert document is not None
        only = frozenset(document.sources)
    library = libraries.read(home, problems, only)
    others = [p for p in problems.found if not p.file.startswith("lexicon/mappings/")]
    if others:
        raise DocumentError(others)
    return library


def desks(
    where: Where,
    library: Library,
    store: Store,
    annotators: Sequence[str],
    votes_on: Round,
    subset: str,
    held: ExitStack,
) -> tuple[list[Desk], list[str]]:
    """Open the desks, and say which stay closed and why.

    `held` keeps open what must be closed in the end. Raises DocumentError and NotBuilt.
    """
    home, lexicon = where.home, library.lexicon
    said: list[str] = []
    shelf = examples = None
    found: list[Desk] = []
    if where.benchmark:
        shelf = Shelf(where.output, where.benchmark)
        slices = Slices(home, library.sources, {w.id: w for w in lexicon.windows})
        examples = Examples(where.output, shelf, slices, lexicon)
        rows = held.enter_context(shelf.built.rows())
        cases = _cases(shelf, lexicon, subset)
        found.append(Cases(store, home, lexicon, shelf, cases))
        _check_reviews(home, where.benchmark, lexicon)
    else:
        said.append("Cases and Atlas are closed: name a benchmark that is built")
    items = votes_on.wanted.find(home, lexicon)
    if len(annotators) < votes_on.each:
        said.append(f"Tags is closed: a label needs {votes_on.each} votes, and the annotators are {len(annotators)}"
                    "; add rows to lexicon/curators.tsv, or say --each")  # fmt: skip
    else:
        problems = Problems(home)
        votes.check_name(votes_on.name, problems)
        problems.raise_any()
        found.append(
            Tags(store, home, lexicon, examples, round_=votes_on.name, items=items,
                 annotators=annotators, each=votes_on.each, seed=votes_on.seed)
        )  # fmt: skip
    build = where.output / where.benchmark if shelf else None
    found.append(Mappings(store, home, lexicon, sources_of(library, shelf), build, examples))
    names = {id_: lexicon.stem_names(id_) for id_ in (ENGLISH, *lexicon.names)}
    problems = Problems(home)
    rules = pools.rules(home / "question_pools", names, problems)
    problems.raise_any()
    found.append(Questions(store, home, lexicon, library.languages, rules))
    if shelf is not None:
        found.append(Atlas(store, where.output, lexicon, shelf, slices, rows))
    return found, said


def cases_of(desks: Sequence[Desk]) -> Cases:
    """Return the desk of cases. Raises DocumentError where it is closed."""
    for desk in desks:
        if isinstance(desk, Cases):
            return desk
    raise DocumentError(
        [Problem.without_place("there are no cases without a benchmark", "name one")]
    )


def sources_of(library: Library, shelf: Shelf | None) -> list[str]:
    """Return the sources whose words are worked on: a benchmark's, or all."""
    if shelf is None:
        return sorted(library.sources)
    return sorted({c.source for c in shelf.cases} | (set(library.sources) & set(shelf.sources)))


def _cases(shelf: Shelf, lexicon: Lexicon, subset: str) -> list[Case]:
    """Return the cases that are reviewed, one of each target, of a query where there is one."""
    if not subset:
        return shelf.one_each
    wanted = query.parse(subset, lexicon, sorted({c.source for c in shelf.cases}))
    with shelf.built.rows() as rows:
        inside = set(rows.ids(wanted))
    return shelf.one_of([c for c in shelf.cases if c.question in inside])


def _check_reviews(home: Path, name: str, lexicon: Lexicon) -> None:
    problems = Problems(home)
    reviews.read(reviews.path_of(home, name), lexicon.curators, problems)
    problems.raise_any()
