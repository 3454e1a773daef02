"""The project's documents together: read, and checked against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchsmith.documents import benchmark as benchmarks
from benchsmith.documents import (
    benchmark_references,
    blind_answers,
    parse_cache,
    recipe_references,
    retirements,
    reviews,
    shipped,
    signed_stems,
    skill_pools,
    verification,
    votes,
)
from benchsmith.documents import lexicon as lexicons
from benchsmith.documents import pools as pools_
from benchsmith.documents import recipe as recipes
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.benchmark.editions import MARK, split_name
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.pools import Pool
from benchsmith.documents.problems import Problems, did_you_mean
from benchsmith.documents.recipe import Source
from benchsmith.documents.retirements import Retirement
from benchsmith.documents.reviews import Review
from benchsmith.documents.skill_pools import SkillPools
from benchsmith.documents.verification import Framed, Verified
from benchsmith.documents.votes import Vote
from benchsmith.text.languages import ENGLISH


@dataclass(frozen=True, slots=True)
class Library:
    """The documents of a project that a build reads."""

    home: Path
    lexicon: Lexicon
    pools: Mapping[str, Pool]
    """By task, in the display language."""
    sources: Mapping[str, Source]
    languages: Mapping[str, Mapping[str, Pool]] = field(default_factory=dict)
    """The pools by language and task, for the languages that were read."""
    dropped: Mapping[str, str] = field(default_factory=dict)
    """Targets of the benchmark that reviewers dropped, each with the reasons."""
    reviewed: Sequence[Review] = ()
    """All decisions on the benchmark's questions: reviews, and verdicts against a key or a question."""
    frame: Sequence[Framed] = ()
    """The order in which experts verify the benchmark's keys."""
    verified: Sequence[Verified] = ()
    """Experts' verdicts on the benchmark's keys."""
    retired: Sequence[Retirement] = ()
    """Targets that the benchmark's editions no longer ask about."""
    skills: SkillPools = field(default_factory=dict)
    """The stems of skills but recognition, in the display language."""
    skill_languages: Mapping[str, SkillPools] = field(default_factory=dict)
    """The same by language."""
    votes: Mapping[str, Sequence[Vote]] = field(default_factory=dict)
    """Votes on labels by round; the votes on a round's ties are a round of their own."""

    def narrowed(self, sources: frozenset[str], languages: frozenset[str]) -> Library:
        """Return the library with some sources, and the pools of some languages."""
        pools = {id_: pools for id_, pools in self.languages.items() if id_ in languages}
        skills = {id_: pools for id_, pools in self.skill_languages.items() if id_ in languages}
        return replace(
            self,
            sources={id_: each for id_, each in self.sources.items() if id_ in sources},
            pools=pools.get(ENGLISH, {}),
            languages=pools,
            skills=skills.get(ENGLISH, {}),
            skill_languages=skills,
        )

    def in_language(self, language: str) -> Library:
        """Return the library with the display names and stems of a language."""
        lexicon = self.lexicon.in_language(language)
        return replace(
            self,
            lexicon=lexicon,
            pools=self.languages[language],
            skills=self.skill_languages.get(language, {}),
        )


def read(
    home: Path,
    only: frozenset[str] | None = None,
    languages: frozenset[str] | None = None,
) -> Library:
    """Return lexicon, question pools and recipes of a project.

    `only` restricts the recipes to these sources, `languages` the pools to these languages.
    Raises DocumentError with every problem found.
    """
    problems = Problems(home)
    library = collect(home, problems, only, languages)
    problems.raise_any()
    return library


def collect(
    home: Path,
    problems: Problems,
    only: frozenset[str] | None = None,
    languages: frozenset[str] | None = None,
) -> Library:
    """Read like :func:`read`, but add problems to `problems` instead of raising.

    If there are any, the library is incomplete.
    """
    lexicon = lexicons.collect(home / "lexicon", problems, only)
    names = {id_: lexicon.names_banned_in_stems(id_) for id_ in (ENGLISH, *lexicon.names)}
    folder = home / "question_pools"
    rules = pools_.rules_of(folder, names, problems, languages)
    pools = pools_.collect(folder, lexicon.tasks.terms, names, problems, languages, rules)
    by_skill = skill_pools.collect(folder, lexicon.axes.get("skill"), rules, problems)
    signed_stems.check(home, pools, lexicon.curators, problems)
    sources: dict[str, Source] = {}
    for id_ in recipes.source_ids(home):
        if only is not None and id_ not in only:
            continue
        source = recipes.collect(home / "raw_sources" / id_, problems)
        if source is not None:
            sources[source.id] = source
            recipe_references.check(source, lexicon, problems)
    recipe_references.check_lexicon(home, lexicon, problems)
    parse_cache.save(home)
    return Library(
        home,
        lexicon,
        pools.get(ENGLISH, {}),
        sources,
        pools,
        skills=by_skill.get(ENGLISH, {}),
        skill_languages=by_skill,
    )


def benchmark_file(home: Path, name: str) -> Path:
    """Return the file of a benchmark or its edition: the project's own, otherwise the shipped one."""
    return shipped.effective(home / "benchmarks" / f"{split_name(name)[0]}.yaml", home)


def benchmark_names(home: Path) -> list[str]:
    """Return the names of the project's benchmarks and the shipped ones, sorted."""
    return [path.stem for path in shipped.files(home / "benchmarks", "*.yaml", home)]


def edition_names(home: Path, name: str) -> list[str]:
    """Return the names of a benchmark's editions, or its own name if it has no editions or is one.

    A file with problems has none; :func:`read_benchmark` raises them.
    """
    path = benchmark_file(home, name)
    if MARK in name or not path.is_file():
        return [name]
    benchmark, _ = benchmarks.collect(path, Problems(home))
    editions = benchmark.editions if benchmark else None
    return [f"{name}{MARK}{draw.name}" for draw in editions.draws] if editions else [name]


def read_benchmark(
    home: Path,
    name: str,
    exports: frozenset[str],
    checks: frozenset[str] | None = None,
    whole: Library | None = None,
) -> tuple[Benchmark, Library]:
    """Return a benchmark and the library with its sources, reviews and votes, in its language.

    `exports` and `checks` are the names that the benchmark file may use; without `checks`, those in
    waivers are not checked. `whole` is all documents, if they were read already without a problem.
    Raises DocumentError with every problem found.
    """
    problems = Problems(home)
    path = benchmark_file(home, name)
    known = benchmark_names(home)
    base, edition = split_name(name)
    if base not in known:
        hint = did_you_mean(base, known) or f"there are: {', '.join(known) or 'none'}"
        problems.add(path, 1, f"there is no benchmark {base!r}", hint)
        problems.raise_any()
    benchmark, lines = benchmarks.collect(path, problems)
    if benchmark:
        place = benchmark_references.Place(path, lines, problems)
        benchmark = benchmark_references.edition(benchmark, edition, place)
    sources = frozenset(benchmark.sources) if benchmark else None
    languages = frozenset([benchmark.language]) if benchmark else None
    if whole and sources is not None and languages and languages <= whole.languages.keys():
        library = whole.narrowed(sources, languages)
    else:
        library = collect(home, problems, sources, languages)
    if benchmark:
        benchmark_references.check(benchmark, place, library.lexicon, exports, checks)
        blind_answers.collect(blind_answers.path_of(home, name), problems)
        benchmark_references.check_subset(benchmark, place, library.lexicon)
        known_skills = library.skill_languages.get(benchmark.language, {})
        benchmark_references.check_skills(benchmark, place, known_skills)
    reviewed = reviews.collect(reviews.path_of(home, name), library.lexicon.curators, problems)
    frame = verification.collect_frame(verification.frame_path(home, name), problems)
    curators = library.lexicon.curators
    verified = verification.collect(verification.path_of(home, name), curators, problems)
    # a person who also reviewed the question has decided on it there
    own = {review.key for review in reviewed}
    reviewed += [r for r in verification.decisions(verified) if r.key not in own]
    retired = retirements.collect(retirements.path_of(home, name), curators, problems)
    voted = {
        each: votes.collect(votes.path_of(home, each), library.lexicon, problems)
        for each in votes.rounds(home)
    }
    problems.raise_any()
    assert benchmark is not None
    dropped = reviews.dropped(reviewed)
    library = replace(
        library, dropped=dropped, reviewed=reviewed, frame=frame, verified=verified, votes=voted,
        retired=retired,
    )  # fmt: skip
    return benchmark, library.in_language(benchmark.language)
