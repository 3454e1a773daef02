"""`question_pools/`: the stems of each task, by language and granularity, checked as they are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import pydantic

from benchsmith.documents import parse_cache, yaml
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
from benchsmith.text.languages import ENGLISH, LANGUAGES, Language, parted

__all__ = ["PLACEHOLDER", "Cues", "Pool", "Rules", "Stem", "TaskFile", "files", "read", "rules"]
View = Literal["image", "box", "mask", "contour"]


class TaskFile(yaml.Document):
    """Stems of one task in one language."""

    task: str
    language: str = ENGLISH
    cues: tuple[str, ...]
    answers: Literal["one", "several"] = "one"
    stems: dict[View, tuple[str, ...]]
    several: dict[View, tuple[str, ...]] = pydantic.Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stem:
    """A question with its placeholder, and where it stands."""

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
    """Words that tell what the task asks for."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the stems of one language are checked by, whatever their task."""

    language: Language
    cues: Cues
    wording: Wording
    names: tuple[str, ...]
    """Normal forms of the labels' names, which no stem may say."""

    def checker(self, task_cues: Iterable[str]) -> Checker:
        """Return the rules of one task."""
        return Checker(self.language, self.cues, self.wording, tuple(task_cues), self.names)


def files(home: Path, language: str) -> list[str]:
    """Return the documents that the stems of a language come from; drafts are none of them."""
    folder, ending = home / "question_pools", LANGUAGES[language].ending
    tasks = [p for p in folder.glob("tasks/*.yaml") if parted(p.name, ".yaml")[1] == language]
    found = [folder / f"cues{ending}.yaml", folder / f"wording{ending}.yaml", *sorted(tasks)]
    return [path.relative_to(home).as_posix() for path in found]


def rules(folder: Path, names: Mapping[str, Iterable[str]], problems: Problems) -> dict[str, Rules]:
    """Read the cues and the wording of every language that has names, noting every problem."""
    found: dict[str, Rules] = {}
    for id_, of in names.items():
        language = LANGUAGES[id_]
        cues, _ = yaml.read(folder / f"cues{language.ending}.yaml", Cues, problems)
        wording, _ = yaml.read(folder / f"wording{language.ending}.yaml", Wording, problems)
        if cues is not None and wording is not None:
            found[id_] = Rules(language, cues, wording, tuple(of))
    return found


def read(
    folder: Path,
    tasks: Iterable[str],
    names: Mapping[str, Iterable[str]],
    problems: Problems,
    only: frozenset[str] | None = None,
) -> dict[str, dict[str, Pool]]:
    """Read every task file, noting each stem that breaks a rule; pools by language and task.

    `names` has the normal forms that no stem may say, by language. With `only` the files of these
    languages.
    """
    wanted = {id_: of for id_, of in names.items() if only is None or id_ in only}
    by_language = rules(folder, wanted, problems)
    known = set(tasks)
    pools: dict[str, dict[str, Pool]] = {id_: {} for id_ in by_language}
    for path in sorted((folder / "tasks").glob("*.yaml")):
        called, id_ = parted(path.name, ".yaml")
        if id_ not in names:
            problems.add(path, 1, f"there are no names in the language {id_!r}",
                         did_you_mean(id_, names) or f"there are: {', '.join(names)}")  # fmt: skip
            continue
        if id_ not in wanted:
            continue
        sound = _sound(path, id_, by_language.get(id_), problems)
        if sound is not None and sound.task in known:
            pools[id_][sound.task] = sound
            continue
        parse_cache.of(problems.home).put("pool", path, "", None)
        before = len(problems.found)
        file, lines = yaml.read(path, TaskFile, problems)
        if file is None or id_ not in by_language:
            continue
        if file.task not in known or file.task != called:
            problems.add(
                path, lines.of(("task",)), f"{file.task!r} is no task, or not this file's name"
            )
        if file.language != id_:
            problems.add(path, lines.of(("language",)),
                         f"`language` is {file.language!r}, and the file's name says {id_!r}")  # fmt: skip
        pools[id_][file.task] = _pool(path, file, lines, by_language[id_], problems)
        if len(problems.found) == before:
            _remember(path, pools[id_][file.task], by_language[id_], problems)
    for id_, of in by_language.items():
        _remember_names(folder / f"cues{of.language.ending}.yaml", of.names, problems)
    return pools


def _sound(path: Path, id_: str, of: Rules | None, problems: Problems) -> Pool | None:
    """Return the pool of a file that had no problem before, if it can have none now.

    The same bytes under the same rules are as sound as they were, but for names that the lexicon
    did not have then: for these alone each stem is read again.
    """
    if of is None:
        return None
    found = parse_cache.of(problems.home)
    known = found.get("pool", path, _state(path, of))
    names = found.get("names", path.parent.parent / f"cues{of.language.ending}.yaml", id_)
    if known is None or names is None:
        return None
    pool = _from_json(known)
    if new := sorted(set(of.names).difference(names)):
        check = replace(of, names=tuple(new)).checker(pool.cues)
        views = [*pool.stems.values(), *pool.several.values()]
        if any(check.named(stem.text) for stems in views for stem in stems):
            return None
    return pool


def _state(path: Path, of: Rules) -> str:
    rules_ = (of.cues.model_dump_json(), of.wording.model_dump_json())
    return parse_cache.digest(path.read_bytes(), of.language.id, *rules_)


def _remember(path: Path, pool: Pool, of: Rules, problems: Problems) -> None:
    blocks = [
        [[view, [[s.text, s.at] for s in stems]] for view, stems in views.items()]
        for views in (pool.stems, pool.several)
    ]
    value = [pool.task, list(pool.cues), *blocks]
    parse_cache.of(problems.home).put("pool", path, _state(path, of), value)


def _remember_names(place: Path, names: tuple[str, ...], problems: Problems) -> None:
    """Remember under which names the pools of a language are sound."""
    found = parse_cache.of(problems.home)
    language = parted(place.name, ".yaml")[1]
    if found.get("names", place, language) != list(names):
        found.put("names", place, language, list(names))


def _from_json(value: list[Any]) -> Pool:
    task, cues, *blocks = value
    stems, several = (
        {view: tuple(Stem(text, at) for text, at in texts) for view, texts in block}
        for block in blocks
    )
    return Pool(task, stems, several, tuple(cues))


def _pool(path: Path, file: TaskFile, lines: yaml.Lines, of: Rules, problems: Problems) -> Pool:
    """Check the stems of one file."""
    check = of.checker(file.cues)
    found: dict[str, dict[str, tuple[Stem, ...]]] = {"stems": {}, "several": {}}
    for block, views in (("stems", file.stems), ("several", file.several)):
        for view, texts in views.items():
            placed = [Placed(t, lines.of((block, view, i))) for i, t in enumerate(texts)]
            for stem in placed:
                for what in check.faults(stem.text, view, several=block == "several"):
                    problems.add(path, stem.line, f"{what}: {stem.text!r}")
            for stem, what in repeated(placed, of.language):
                problems.add(path, stem.line, f"{what}: {stem.text!r}")
            if what := monotonous(placed, of.language):
                problems.add(path, lines.of((block, view)), f"{what}: vary their form")
            at = problems.show(path)
            found[block][view] = tuple(Stem(s.text, f"{at}:{s.line}") for s in placed)
    return Pool(file.task, found["stems"], found["several"], tuple(file.cues))
