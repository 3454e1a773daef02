"""All documents that one build reads, loaded and checked against each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchsmith.documents import benchmark as benchmarks
from benchsmith.documents import blind_answers, parse_cache, query, reviews, signed_stems, votes
from benchsmith.documents import lexicon as lexicons
from benchsmith.documents import pools as pools_
from benchsmith.documents import recipe as recipes
from benchsmith.documents.benchmark import ALIKE, Benchmark
from benchsmith.documents.lexicon import ANY, Lexicon
from benchsmith.documents.pools import Pool
from benchsmith.documents.problems import Problems, did_you_mean
from benchsmith.documents.recipe import Source
from benchsmith.documents.reviews import Review
from benchsmith.documents.votes import Vote
from benchsmith.documents.yaml import Lines
from benchsmith.text import path_patterns
from benchsmith.text.languages import ENGLISH


@dataclass(frozen=True, slots=True)
class Library:
    """The words of a project."""

    home: Path
    lexicon: Lexicon
    pools: Mapping[str, Pool]
    """By task, in the language that is spoken."""
    sources: Mapping[str, Source]
    languages: Mapping[str, Mapping[str, Pool]] = field(default_factory=dict)
    """The pools by language, for those languages that were read."""
    dropped: Mapping[str, str] = field(default_factory=dict)
    """Targets of the benchmark that people dropped on review, each with why."""
    reviewed: Sequence[Review] = ()
    """All that people decided of the benchmark's questions."""
    votes: Mapping[str, Sequence[Vote]] = field(default_factory=dict)
    """What people said of labels, by the name of the round; votes on ties are a round beside it."""

    def speaking(self, language: str) -> Library:
        """Return the library with names and stems of a language."""
        return replace(
            self, lexicon=self.lexicon.speaking(language), pools=self.languages[language]
        )


def read(
    home: Path,
    problems: Problems,
    only: frozenset[str] | None = None,
    languages: frozenset[str] | None = None,
) -> Library:
    """Read lexicon, question pools and recipes, noting every problem.

    With `only` the recipes of these sources, with `languages` the pools of these languages.
    """
    lexicon = lexicons.read(home / "lexicon", problems, only)
    names = {id_: lexicon.stem_names(id_) for id_ in (ENGLISH, *lexicon.names)}
    pools = pools_.read(home / "question_pools", lexicon.tasks.terms, names, problems, languages)
    signed_stems.check(home, pools, lexicon.curators, problems)
    sources: dict[str, Source] = {}
    for folder in sorted((home / "raw_sources").glob("*/recipe.yaml")):
        if only is not None and folder.parent.name not in only:
            continue
        source = recipes.read(folder.parent, problems)
        if source is not None:
            sources[source.id] = source
            _check_recipe(source, lexicon, problems)
    _check_sources(home, lexicon, problems)
    parse_cache.of(home).save()
    return Library(home, lexicon, pools.get(ENGLISH, {}), sources, pools)


def _check_sources(home: Path, lexicon: Lexicon, problems: Problems) -> None:
    """Note words of the lexicon that are meant for a source that is not there."""
    there = {p.parent.name for p in (home / "raw_sources").glob("*/recipe.yaml")}
    for source in lexicon.mappings:
        if source not in there:
            path = home / "lexicon" / "mappings" / f"{source}.tsv"
            problems.add(path, 1, f"there is no source {source!r}", did_you_mean(source, there))
    for rows in lexicon.abbreviations.values():
        for row in rows:
            for source in row.sources:
                if source != ANY and source not in there:
                    file, _, line = row.at.rpartition(":")
                    what = f"there is no source {source!r}"
                    problems.add(home / file, int(line), what, did_you_mean(source, there))


def _check_recipe(source: Source, lexicon: Lexicon, problems: Problems) -> None:
    recipe, path = source.recipe, source.path
    lines = _lines(path)
    if recipe.licence not in lexicon.licences:
        problems.add(
            path,
            lines("licence:"),
            f"unknown licence {recipe.licence!r}",
            did_you_mean(recipe.licence, lexicon.licences) or "add it to lexicon/licences.tsv",
        )
    for entry in recipe.samples:
        modality = entry.modality
        if not modality.startswith("column:") and modality not in lexicon.modalities:
            problems.add(
                path,
                lines(f"modality: {modality}"),
                f"unknown modality {modality!r}",
                did_you_mean(modality, lexicon.modalities.terms),
            )
        if entry.window is not None and entry.window not in (
            known := [w.id for w in lexicon.windows]
        ):
            problems.add(
                path,
                lines(f"window: {entry.window}"),
                f"unknown window {entry.window!r}",
                did_you_mean(entry.window, known),
            )


def _lines(path: Path) -> Callable[[str], int]:
    text = path.read_text(encoding="utf-8").split("\n")
    return lambda part: next((i for i, line in enumerate(text, 1) if part in line), 1)


def read_benchmark(
    home: Path, name: str, exports: frozenset[str], checks: frozenset[str] | None = None
) -> tuple[Benchmark, Library]:
    """Read one benchmark and all it needs. Raises DocumentError with every problem at once.

    `checks` are the names that a waiver may have; without them waivers are taken as they are.
    """
    problems = Problems(home)
    path = home / "benchmarks" / f"{name}.yaml"
    known = sorted(p.stem for p in (home / "benchmarks").glob("*.yaml"))
    if name not in known:
        problems.add(
            path,
            1,
            f"there is no benchmark {name!r}",
            did_you_mean(name, known) or f"there are: {', '.join(known) or 'none'}",
        )
        problems.raise_any()
    benchmark, lines = benchmarks.read(path, problems)
    wanted = frozenset(benchmark.sources) if benchmark else None
    spoken = frozenset([benchmark.language]) if benchmark else None
    library = read(home, problems, wanted, spoken)
    if benchmark:
        languages = {ENGLISH, *library.lexicon.names}
        if benchmark.language not in languages:
            problems.add(
                path,
                lines.of(("language",)),
                f"nothing is named in the language {benchmark.language!r}",
                f"there are: {', '.join(sorted(languages))}",
            )
        there = {p.parent.name for p in (home / "raw_sources").glob("*/recipe.yaml")}
        for i, source in enumerate(benchmark.sources):
            if source not in there:
                problems.add(
                    path,
                    lines.of(("sources", i)),
                    f"unknown source {source!r}",
                    did_you_mean(source, there),
                )
        for i, export in enumerate(benchmark.exports):
            if export not in exports:
                problems.add(
                    path,
                    lines.of(("exports", i)),
                    f"unknown export {export!r}",
                    did_you_mean(export, exports),
                )
        for i, folder in enumerate(benchmark.contamination):
            wrong = path_patterns.problem(folder)
            if wrong or not (home / folder).is_dir():
                problems.add(
                    path,
                    lines.of(("contamination", i)),
                    f"{folder!r} {wrong}" if wrong else f"there is no folder {folder!r}",
                    "name a folder below the project's",
                )
        _check_modalities(benchmark, lines, path, library.lexicon, problems)
        blind_answers.read(blind_answers.path_of(home, name), problems)
        _check_signatures(benchmark, lines, path, library.lexicon, checks, problems)
        if not problems.found:
            try:
                query.parse(benchmark.subset, library.lexicon, benchmark.sources)
            except query.QueryError as error:
                problems.add(path, lines.of(("subset",)), str(error))
    reviewed = reviews.read(reviews.path_of(home, name), library.lexicon.curators, problems)
    voted = {
        each: votes.read(votes.path_of(home, each), library.lexicon, problems)
        for each in votes.rounds(home)
    }
    problems.raise_any()
    assert benchmark is not None
    dropped = reviews.dropped(reviewed)
    library = replace(library, dropped=dropped, reviewed=reviewed, votes=voted)
    return benchmark, library.speaking(benchmark.language)


def _check_modalities(
    benchmark: Benchmark, lines: Lines, path: Path, lexicon: Lexicon, problems: Problems
) -> None:
    """Note modalities that are to be compared more strictly and that are none."""
    for above, key, given in (
        ("near", "modalities", benchmark.near.modalities),
        ("audit", "duplicate_modalities", benchmark.audit.duplicate_modalities),
    ):
        for modality in given if given != ALIKE else ():
            if modality not in lexicon.modalities:
                problems.add(
                    path,
                    lines.of((above, key, modality)),
                    f"unknown modality {modality!r}",
                    did_you_mean(modality, lexicon.modalities.terms),
                )


def _check_signatures(
    benchmark: Benchmark,
    lines: Lines,
    path: Path,
    lexicon: Lexicon,
    checks: frozenset[str] | None,
    problems: Problems,
) -> None:
    """Note signatures of the audit that are for no check, or for no label."""
    for i, waiver in enumerate(benchmark.audit.waive):
        if checks is not None and waiver.check not in checks:
            problems.add(
                path,
                lines.of(("audit", "waive", i, "check")),
                f"unknown check {waiver.check!r}",
                did_you_mean(waiver.check, checks) or "see docs/validity.md",
            )
    for i, cleared in enumerate(benchmark.audit.cleared):
        for key, label in (("a", cleared.a), ("b", cleared.b)):
            if label not in lexicon.labels:
                problems.add(
                    path,
                    lines.of(("audit", "cleared", i, key)),
                    f"unknown label {label!r}",
                    did_you_mean(label, lexicon.labels.terms),
                )
