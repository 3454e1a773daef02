"""Checks that a benchmark file refers to things that exist."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import NamedTuple

from benchsmith.core.evidence import RECOGNITION
from benchsmith.documents import query
from benchsmith.documents.benchmark import SIMILARITY_BY_MODALITY, Benchmark
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.problems import Problems, did_you_mean, nearest
from benchsmith.documents.recipe import source_ids
from benchsmith.documents.yaml import Lines
from benchsmith.text import path_patterns
from benchsmith.text.languages import ENGLISH


class Place(NamedTuple):
    """Where the benchmark is, and where its problems are collected."""

    path: Path
    lines: Lines
    problems: Problems

    def add(self, key: tuple[int | str, ...], what: str, hint: str | Callable[[], str]) -> None:
        """Add a problem at a key of the file."""
        self.problems.add(self.path, self.lines.of(key), what, hint)

    def require(
        self,
        kind: str,
        name: str,
        key: tuple[int | str, ...],
        known: Collection[str],
        hint: str = "",
    ) -> None:
        """Add a problem at a key if a name is not known; `hint` is used where none is near."""
        if name not in known:
            self.add(key, f"unknown {kind} {name!r}", nearest(name, known, hint))


def check(
    benchmark: Benchmark,
    place: Place,
    lexicon: Lexicon,
    exports: Collection[str],
    checks: Collection[str] | None,
) -> None:
    """Add a problem for each language, source, export, folder, modality, check or label not found."""
    home = place.problems.home
    languages = {ENGLISH, *lexicon.names}
    if benchmark.language not in languages:
        what = f"the lexicon has no names in the language {benchmark.language!r}"
        place.add(("language",), what, f"there are: {', '.join(sorted(languages))}")
    known = source_ids(home)
    for i, source in enumerate(benchmark.sources):
        place.require("source", source, ("sources", i), known)
    for i, export in enumerate(benchmark.exports):
        place.require("export", export, ("exports", i), exports)
    for i, folder in enumerate(benchmark.contamination):
        fault = path_patterns.problem(folder)
        if fault or not (home / folder).is_dir():
            what = f"{folder!r} {fault}" if fault else f"there is no folder {folder!r}"
            place.add(("contamination", i), what, "name a folder inside the project")
    _check_modalities(benchmark, place, lexicon)
    _check_audit(benchmark, place, lexicon, checks)


def edition(benchmark: Benchmark, name: str, place: Place) -> Benchmark:
    """Return a benchmark with only one of its editions; add a problem if there is no such edition."""
    editions = benchmark.editions
    if editions is None:
        if name:
            place.add((), f"there is no edition {name!r}", "the file has no `editions`")
        return benchmark
    names = [draw.name for draw in editions.draws]
    own = [draw for draw in editions.draws if draw.name == name]
    if not own:
        base = place.path.stem
        what = f"unknown edition {name!r}" if name else f"{base} has several editions: name one"
        hint = did_you_mean(name, names) or f"there are: {', '.join(f'{base}@{n}' for n in names)}"
        place.add(("editions",), what, hint)
        return benchmark
    return benchmark.model_copy(
        update={"editions": editions.model_copy(update={"draws": tuple(own)})}
    )


def _check_modalities(benchmark: Benchmark, place: Place, lexicon: Lexicon) -> None:
    given = benchmark.near.modalities
    # the default lists modalities that a project's own lexicon may lack
    for modality in given if given != SIMILARITY_BY_MODALITY else ():
        at = ("near", "modalities", modality)
        place.require("modality", modality, at, lexicon.modalities.terms)


def _check_audit(
    benchmark: Benchmark, place: Place, lexicon: Lexicon, checks: Collection[str] | None
) -> None:
    for i, waiver in enumerate(benchmark.audit.waive if checks is not None else ()):
        at = ("audit", "waive", i, "check")
        place.require("check", waiver.check, at, checks or (), "see docs/validity.md")
    for i, cleared in enumerate(benchmark.audit.cleared):
        for key, label in (("a", cleared.a), ("b", cleared.b)):
            place.require("label", label, ("audit", "cleared", i, key), lexicon.labels.terms)


def check_skills(benchmark: Benchmark, place: Place, known: Collection[str]) -> None:
    """Add a problem for each skill without stems; `known` are those with stems in its language."""
    for number, skill in enumerate(benchmark.skills):
        if skill != RECOGNITION and skill not in known:
            what = (
                f"there are no stems of the skill {skill!r} in the language {benchmark.language!r}"
            )
            hint = f"write question_pools/skills/{skill}.yaml, or leave it out"
            place.add(("skills", number), what, hint)


def check_subset(benchmark: Benchmark, place: Place, lexicon: Lexicon) -> None:
    """Add a problem if `subset` is not a valid query; without other problems only."""
    if not place.problems.found:
        try:
            query.parse(benchmark.subset, lexicon, benchmark.sources)
        except query.QueryError as error:
            place.add(("subset",), str(error), "")
