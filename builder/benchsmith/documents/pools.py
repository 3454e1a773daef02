"""`question_pools/`: the stems of each task, by language and granularity, checked on reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import pydantic

from benchsmith.documents import parse_cache, shipped, yaml
from benchsmith.documents.problems import Problems, did_you_mean
from benchsmith.documents.stems import (
    PLACEHOLDER,
    Checker,
    Cues,
    Placed,
    Wording,
    monotonous,
    repeated,
)
from benchsmith.text.languages import ENGLISH, LANGUAGES, Language, split_name

__all__ = [
    "PLACEHOLDER",
    "Cues",
    "Pool",
    "Rules",
    "Stem",
    "TaskFile",
    "collect",
    "collect_rules",
    "files",
]
View = Literal["image", "box", "mask", "contour"]


class TaskFile(yaml.Document):
    """Stems of one task in one language."""

    task: str
    language: str = ENGLISH
    cues: tuple[str, ...]
    answers: Literal["one", "several"] = "one"
    stems: dict[View, tuple[str, ...]]
    several: dict[View, tuple[str, ...]] = pydantic.Field(default_factory=dict)
    withdrawn: tuple[str, ...] = ()
    """Shipped stems that the project does not use, word for word."""


@dataclass(frozen=True, slots=True)
class Stem:
    """A question with its placeholder, and its file and line."""

    text: str
    at: str


@dataclass(frozen=True, slots=True)
class Pool:
    """All stems of one task, by view."""

    task: str
    stems: Mapping[str, tuple[Stem, ...]]
    """For one right answer."""
    several: Mapping[str, tuple[Stem, ...]]
    """For several right answers."""
    cues: tuple[str, ...] = ()
    """Words that state what the task asks for."""
    withdrawn: tuple[str, ...] = ()
    """Shipped stems that a project's file withdraws."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules for stems of one language that all tasks share."""

    language: Language
    cues: Cues
    wording: Wording
    names: tuple[str, ...]
    """Normal forms of the labels' names, which no stem may contain."""

    def checker(self, task_cues: Iterable[str]) -> Checker:
        """Return the checker for the stems of one task."""
        return Checker(self.language, self.cues, self.wording, tuple(task_cues), self.names)


def files(home: Path, language: str) -> list[str]:
    """Return the files with the stems of a language, relative to `home`, without drafts."""
    folder, ending = home / "question_pools", LANGUAGES[language].ending
    tasks = [
        folder / "tasks" / path.name
        for path in shipped.files(folder / "tasks", "*.yaml", home)
        if split_name(path.name, ".yaml")[1] == language
    ]
    found = [folder / f"cues{ending}.yaml", folder / f"wording{ending}.yaml", *tasks]
    return [path.relative_to(home).as_posix() for path in found]


def collect_rules(
    folder: Path, names: Mapping[str, Iterable[str]], problems: Problems
) -> dict[str, Rules]:
    """Return the rules by language, adding every problem to `problems`.

    `names` are the normal forms that no stem may contain, by language.
    """
    found: dict[str, Rules] = {}
    for id_, banned in names.items():
        language = LANGUAGES[id_]
        cues_file, wording_file = (
            shipped.effective(folder / f"{name}{language.ending}.yaml", problems.home)
            for name in ("cues", "wording")
        )
        cues, _ = yaml.collect(cues_file, Cues, problems)
        wording, _ = yaml.collect(wording_file, Wording, problems)
        if cues is not None and wording is not None:
            found[id_] = Rules(language, cues, wording, tuple(banned))
    return found


def collect(
    folder: Path,
    tasks: Iterable[str],
    names: Mapping[str, Iterable[str]],
    problems: Problems,
    only: frozenset[str] | None = None,
) -> dict[str, dict[str, Pool]]:
    """Return the pools by language and task, adding each broken rule to `problems`.

    `names` are the normal forms that no stem may contain, by language. `only` restricts the files
    to these languages.
    """
    wanted = {id_: each for id_, each in names.items() if only is None or id_ in only}
    by_language = collect_rules(folder, wanted, problems)
    known = set(tasks)
    pools: dict[str, dict[str, Pool]] = {id_: {} for id_ in by_language}
    for path in _task_files(folder / "tasks", problems.home):
        task, id_ = split_name(path.name, ".yaml")
        if id_ not in names:
            problems.add(path, 1, f"no names of labels in the language {id_!r}",
                         did_you_mean(id_, names) or f"languages with names: {', '.join(names)}")  # fmt: skip
            continue
        if id_ not in wanted:
            continue
        cached = _cached(path, id_, by_language.get(id_), problems)
        if cached is not None and cached.task in known:
            pools[id_][cached.task] = _laid(cached, pools[id_].get(cached.task))
            continue
        parse_cache.of(problems.home).put("pool", path, "", None)
        before = len(problems.found)
        file, lines = yaml.collect(path, TaskFile, problems)
        if file is None or id_ not in by_language:
            continue
        if file.task not in known or file.task != task:
            problems.add(
                path,
                lines.of(("task",)),
                f"{file.task!r} is not a task, or differs from the file's name",
            )
        if file.language != id_:
            problems.add(path, lines.of(("language",)),
                         f"`language` is {file.language!r}, but the file's name has {id_!r}")  # fmt: skip
        below = pools[id_].get(file.task)
        if below is not None:  # the cues of the shipped stems hold for the project's own
            file = file.model_copy(update={"cues": (*below.cues, *file.cues)})
        pool = _pool(path, file, lines, by_language[id_], problems)
        if len(problems.found) == before and below is None:
            _cache(path, pool, by_language[id_], problems)
        _check_withdrawn(path, file, lines, below, problems)
        pools[id_][file.task] = _laid(pool, below)
    for rules in by_language.values():
        _cache_names(rules.language.id, rules.names, problems)
    return pools


def _task_files(folder: Path, home: Path) -> list[Path]:
    """Return the files of tasks in order of name, a shipped one before the project's own."""
    found: list[Path] = []
    for path in shipped.files(folder, "*.yaml", home):
        below = shipped.twin(path, home)
        found += [path] if below is None else [below, path]
    return found


def _laid(own: Pool, below: Pool | None) -> Pool:
    """Return the shipped stems of a task without the withdrawn ones, then the project's own."""
    if below is None:
        return own
    stems, several = (
        {
            view: (
                *(stem for stem in old.get(view, ()) if stem.text not in own.withdrawn),
                *new.get(view, ()),
            )
            for view in dict.fromkeys((*old, *new))
        }
        for old, new in ((below.stems, own.stems), (below.several, own.several))
    )
    cues = tuple(dict.fromkeys((*below.cues, *own.cues)))
    return Pool(own.task, stems, several, cues)


def _check_withdrawn(
    path: Path, file: TaskFile, lines: yaml.Lines, below: Pool | None, problems: Problems
) -> None:
    """Add a problem for each withdrawn stem that is not a shipped one."""
    blocks = (below.stems, below.several) if below else ()
    known = {stem.text for block in blocks for stems in block.values() for stem in stems}
    for number, text in enumerate(file.withdrawn):
        if text not in known:
            line = lines.of(("withdrawn", number))
            what = f"withdraws a stem that is not among the shipped ones: {text!r}"
            problems.add(path, line, what, did_you_mean(text, known))


def _cached(path: Path, id_: str, rules: Rules | None, problems: Problems) -> Pool | None:
    """Return the cached pool of a file without problems, if it has none under the current rules.

    Its digest covers the file and the rules except the names of labels; only names that are new
    since then are searched for in its stems.
    """
    if rules is None:
        return None
    cache = parse_cache.of(problems.home)
    value = cache.get("pool", path, _digest(path, rules))
    names = cache.get("names", _cues_file(problems.home, id_), id_)
    if value is None or names is None:
        return None
    pool = _from_json(value)
    if new := sorted(set(rules.names).difference(names)):
        check = replace(rules, names=tuple(new)).checker(pool.cues)
        views = [*pool.stems.values(), *pool.several.values()]
        if any(check.named(stem.text) for stems in views for stem in stems):
            return None
    return pool


def _digest(path: Path, rules: Rules) -> str:
    words = (rules.cues.model_dump_json(), rules.wording.model_dump_json())
    return parse_cache.digest(path.read_bytes(), rules.language.id, *words)


def _cache(path: Path, pool: Pool, rules: Rules, problems: Problems) -> None:
    blocks = [
        [[view, [[s.text, s.at] for s in stems]] for view, stems in views.items()]
        for views in (pool.stems, pool.several)
    ]
    value = [pool.task, list(pool.cues), *blocks]
    parse_cache.of(problems.home).put("pool", path, _digest(path, rules), value)


def _cues_file(home: Path, language: str) -> Path:
    name = f"cues{LANGUAGES[language].ending}.yaml"
    return shipped.effective(home / "question_pools" / name, home)


def _cache_names(language: str, names: tuple[str, ...], problems: Problems) -> None:
    """Cache the names that the pools of a language were checked against."""
    cache, path = parse_cache.of(problems.home), _cues_file(problems.home, language)
    if cache.get("names", path, language) != list(names):
        cache.put("names", path, language, list(names))


def _from_json(value: list[Any]) -> Pool:
    task, cues, *blocks = value
    stems, several = (
        {view: tuple(Stem(text, at) for text, at in texts) for view, texts in block}
        for block in blocks
    )
    return Pool(task, stems, several, tuple(cues))


def _pool(path: Path, file: TaskFile, lines: yaml.Lines, rules: Rules, problems: Problems) -> Pool:
    """Return the pool of one file, adding each broken rule to `problems`."""
    check = rules.checker(file.cues)
    found: dict[str, dict[str, tuple[Stem, ...]]] = {"stems": {}, "several": {}}
    for block, views in (("stems", file.stems), ("several", file.several)):
        for view, texts in views.items():
            placed = [Placed(t, lines.of((block, view, i))) for i, t in enumerate(texts)]
            for stem in placed:
                for what in check.faults(stem.text, view, several=block == "several"):
                    problems.add(path, stem.line, f"{what}: {stem.text!r}")
            for stem, what in repeated(placed, rules.language):
                problems.add(path, stem.line, f"{what}: {stem.text!r}")
            if what := monotonous(placed, rules.language):
                problems.add(path, lines.of((block, view)), what, "vary how they start")
            at = problems.show(path)
            found[block][view] = tuple(Stem(s.text, f"{at}:{s.line}") for s in placed)
    return Pool(
        file.task, found["stems"], found["several"], tuple(file.cues), tuple(file.withdrawn)
    )
