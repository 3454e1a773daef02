"""All documents of a project, read once and checked against each other and the files on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from benchsmith.core.errors import InputMissing
from benchsmith.documents.shipped import FOLDERS

if TYPE_CHECKING:
    from benchsmith.api.project import Counts, Project
    from benchsmith.documents.library import Library


class Checked(NamedTuple):
    """The documents of a project that has no problem."""

    counts: Counts
    library: Library
    """All documents."""


def check_documents(project: Project, name: str = "", *, allow_local_urls: bool = False) -> Checked:
    """Check as :meth:`Project.check` does, and return the documents too.

    A benchmark is checked with the documents that were read for all, unless these have a problem: a
    benchmark may be valid although a document that it does not use is not.
    """
    from benchsmith.api.project import Counts
    from benchsmith.documents import adoption, parse_cache, votes
    from benchsmith.documents.library import collect, edition_names
    from benchsmith.documents.problems import DocumentError, Problems
    from benchsmith.fetch.url_policy import find_local
    from benchsmith.pipeline.listing_faults import find_listing_faults

    home = project.folder
    if not name and not any((home / each).is_dir() for each in FOLDERS):
        what = f"{home} is not a project: it has none of {', '.join(FOLDERS)}"
        raise InputMissing(f"{what}; run `benchsmith init` to start one")
    names = (name,) if name else project.benchmarks
    found = Problems(home)
    library = collect(home, found)
    whole = None if found.found else library
    adoption.collect(home, found)
    if not allow_local_urls:
        find_local(library.sources.values(), found)
    find_listing_faults(home, library, found)
    for round_ in votes.rounds(home):
        votes.collect(votes.path_of(home, round_), library.lexicon, found)
    problems = set(found.found)
    for each in (own for base in names for own in edition_names(home, base)):
        try:
            project.benchmark(each, whole)
        except DocumentError as error:
            problems.update(error.problems)
    parse_cache.save(home)  # of adopted sets and benchmarks, which the library does not read
    if problems:
        raise DocumentError(problems)
    pools = [pool for of in library.languages.values() for pool in of.values()]
    counts = Counts(
        benchmarks=len(names),
        recipes=len(library.sources),
        labels=len(library.lexicon.labels.terms),
        placements=len(library.lexicon.placements),
        languages=len(library.languages),
        stems=sum(
            len(stems)
            for pool in pools
            for views in (pool.stems, pool.several)
            for stems in views.values()
        ),
    )
    return Checked(counts, library)
