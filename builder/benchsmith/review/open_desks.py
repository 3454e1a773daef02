"""Open the desks of a project that have work."""

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
from benchsmith.review.act_store import ActionStore
from benchsmith.review.built_cases import Case, CaseStore
from benchsmith.review.contract import Desk
from benchsmith.review.desks.atlas import Atlas
from benchsmith.review.desks.cases import Cases
from benchsmith.review.desks.mappings import Mappings
from benchsmith.review.desks.questions import Questions
from benchsmith.review.desks.tags import Tags
from benchsmith.review.label_examples import LabelExamples
from benchsmith.review.original_planes import OriginalPlanes
from benchsmith.review.slices import Slices
from benchsmith.tagging.hand_out import ItemSelection
from benchsmith.text.languages import ENGLISH


@dataclass(frozen=True, slots=True)
class Round:
    """A round of votes on the placement of labels."""

    name: str
    wanted: ItemSelection
    """The labels to vote on."""
    each: int
    """Votes per label."""
    seed: int
    """Seed for assigning labels to reviewers."""


@dataclass(frozen=True, slots=True)
class ReviewScope:
    """A project, and the benchmark under review; empty if no cases are reviewed."""

    home: Path
    output: Path
    benchmark: str


def read(home: Path, benchmark: str = "") -> Library:
    """Read a project's documents, with only the recipes of the benchmark if one is given.

    Raises DocumentError. Problems of mapping files are ignored, since unsigned rows are the work of
    the mappings desk.
    """
    problems = Problems(home)
    only = None
    if benchmark:
        document, _ = benchmarks.collect(libraries.benchmark_file(home, benchmark), problems)
        problems.raise_any()
        assert document is not None
        only = frozenset(document.sources)
    library = libraries.collect(home, problems, only)
    others = [p for p in problems.found if not p.file.startswith("lexicon/mappings/")]
    if others:
        raise DocumentError(others)
    return library


def desks(
    where: ReviewScope,
    library: Library,
    store: ActionStore,
    *,
    annotators: Sequence[str],
    votes_on: Round,
    subset: str,
    held: ExitStack,
) -> tuple[list[Desk], list[str]]:
    """Return the open desks, and messages about the closed ones.

    `subset` is a query that selects cases. Resources that must be closed at the end are added to
    `held`. Raises DocumentError and NotBuilt.
    """
    home, lexicon = where.home, library.lexicon
    messages: list[str] = []
    case_store = examples = None
    found: list[Desk] = []
    if where.benchmark:
        case_store = CaseStore(where.output, where.benchmark)
        slices = Slices(home, library.sources, {w.id: w for w in lexicon.windows})
        examples = LabelExamples(where.output, case_store, slices, lexicon)
        rows = held.enter_context(case_store.built.rows())
        planes = OriginalPlanes(slices, case_store)
        cases = _cases(case_store, lexicon, subset)
        found.append(Cases(store, home, lexicon, case_store, cases, planes))
        _check_reviews(home, where.benchmark, lexicon)
    else:
        messages.append("Cases and Atlas are closed: give the name of a built benchmark")
    items = votes_on.wanted.find(home, lexicon)
    problems = Problems(home)
    votes.check_name(votes_on.name, problems)
    problems.raise_any()
    tags = Tags(store, home, lexicon, examples, round_=votes_on.name, items=items,
                annotators=annotators, each=votes_on.each, seed=votes_on.seed)  # fmt: skip
    found.append(tags)
    if tags.is_short:
        messages.append(f"Tags waits for people: a label needs {votes_on.each} votes, but there are {len(annotators)} annotators"
                        "; add some on the page Results, or lower --each")  # fmt: skip
    build = where.output / where.benchmark if case_store else None
    own = sources_of(library, case_store)
    found.append(Mappings(store, home, lexicon, own, other_sources(home, own), build, examples))
    names = {id_: lexicon.names_banned_in_stems(id_) for id_ in (ENGLISH, *lexicon.names)}
    problems = Problems(home)
    rules = pools.collect_rules(home / "question_pools", names, problems)
    problems.raise_any()
    found.append(Questions(store, home, lexicon, library.languages, rules))
    if case_store is not None:
        found.append(Atlas(store, where.output, lexicon, case_store, planes, rows))
    return found, messages


def cases_of(desks: Sequence[Desk]) -> Cases:
    """Return the desk of cases. Raises DocumentError if it is closed."""
    for desk in desks:
        if isinstance(desk, Cases):
            return desk
    raise DocumentError(
        [Problem.without_place("there are no cases without a benchmark", "give one")]
    )


def sources_of(library: Library, case_store: CaseStore | None) -> list[str]:
    """Return the sources whose words are reviewed first: those of the benchmark, or all."""
    if case_store is None:
        return sorted(library.sources)
    return sorted(
        {c.source for c in case_store.cases} | (set(library.sources) & set(case_store.sources))
    )


def other_sources(home: Path, own: Sequence[str]) -> list[str]:
    """Return the further sources of a project with a mapping file."""
    files = (home / "lexicon" / "mappings").glob("*.tsv")
    return sorted({file.stem for file in files} - set(own))


def _cases(case_store: CaseStore, lexicon: Lexicon, subset: str) -> list[Case]:
    """Return the cases to review: one per target, filtered by a query if it is not empty."""
    if not subset:
        return case_store.one_each
    wanted = query.parse(subset, lexicon, sorted({c.source for c in case_store.cases}))
    with case_store.built.rows() as rows:
        inside = set(rows.ids(wanted))
    return case_store.one_of([c for c in case_store.cases if c.question in inside])


def _check_reviews(home: Path, name: str, lexicon: Lexicon) -> None:
    problems = Problems(home)
    reviews.collect(reviews.path_of(home, name), lexicon.curators, problems)
    problems.raise_any()
