"""`question_pools/`: the stems of each task, by language and granularity, checked on reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from benchsmith.documents import parse_cache, pool_layers, shipped, yaml
from benchsmith.documents.pool import Pool, Rules, Stem, TaskFile
from benchsmith.documents.problems import Problems, did_you_mean
from benchsmith.documents.stem_likeness import Placed, monotonous, repeated
from benchsmith.documents.stems import (
    NOUNS,
    PLACEHOLDER,
    Cues,
    TaskWords,
    Wording,
)
from benchsmith.text.languages import LANGUAGES, split_name

__all__ = [
    "NOUNS",
    "PLACEHOLDER",
    "Cues",
    "Pool",
    "Rules",
    "Stem",
    "TaskFile",
    "TaskWords",
    "collect",
    "collect_rules",
    "files",
    "rules_of",
]


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


def rules_of(
    folder: Path,
    names: Mapping[str, Iterable[str]],
    problems: Problems,
    only: frozenset[str] | None = None,
) -> dict[str, Rules]:
    """Return :func:`collect_rules` for the languages in `only`, or for all."""
    wanted = {id_: each for id_, each in names.items() if only is None or id_ in only}
    return collect_rules(folder, wanted, problems)


def collect(
    folder: Path,
    tasks: Iterable[str],
    names: Mapping[str, Iterable[str]],
    problems: Problems,
    only: frozenset[str] | None = None,
    rules: Mapping[str, Rules] | None = None,
) -> dict[str, dict[str, Pool]]:
    """Return the pools by language and task, adding each broken rule to `problems`.

    `names` are the normal forms that no stem may contain, by language. `only` restricts the files
    to these languages. `rules` are those of :func:`rules_of`, if they are read already.
    """
    by_language = rules if rules is not None else rules_of(folder, names, problems, only)
    wanted = {id_: each for id_, each in names.items() if only is None or id_ in only}
    known = set(tasks)
    pools: dict[str, dict[str, Pool]] = {id_: {} for id_ in by_language}
    for path in pool_layers.task_files(folder / "tasks", problems.home):
        task, id_ = split_name(path.name, ".yaml")
        if id_ not in names:
            problems.add(path, 1, f"no names of labels in the language {id_!r}",
                         did_you_mean(id_, names) or f"languages with names: {', '.join(names)}")  # fmt: skip
            continue
        if id_ not in wanted:
            continue
        cached = _cached(path, id_, by_language.get(id_), problems)
        if cached is not None and cached.task in known:
            pools[id_][cached.task] = pool_layers.laid(cached, pools[id_].get(cached.task))
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
        pool = _pool(path, file, lines, by_language[id_], problems, below)
        if len(problems.found) == before and below is None:
            _cache(path, pool, by_language[id_], problems)
        pool_layers.check_withdrawn(path, file, lines, below, problems)
        pools[id_][file.task] = pool_layers.laid(pool, below)
    for one in by_language.values():
        _cache_names(one.language.id, one.names, problems)
    return pools


def _cached(path: Path, id_: str, rules: Rules | None, problems: Problems) -> Pool | None:
    """Return the cached pool of a file without problems, if it has none under the current rules.

    Its digest covers the file and the rules except the names of labels; only names that are new
    since then are searched for in its stems.
    """
    if rules is None:
        return None
    if not path.is_relative_to(problems.home):
        whole = parse_cache.of_user().get("pool", path, _whole_digest(path, rules))
        if whole is not None:
            return _from_json(whole)
    cache = parse_cache.of(problems.home)
    value = cache.get("pool", path, _digest(path, rules))
    names = cache.get("names", _cues_file(problems.home, id_), id_)
    if value is None or names is None:
        return None
    pool = _from_json(value)
    if new := sorted(set(rules.names).difference(names)):
        check = replace(rules, names=tuple(new)).checker(pool.words)
        views = [*pool.stems.values(), *pool.several.values()]
        if any(check.named(stem.text) for stems in views for stem in stems):
            return None
    return pool


def _digest(path: Path, rules: Rules) -> str:
    words = (rules.cues.model_dump_json(), rules.wording.model_dump_json())
    return parse_cache.digest(path.read_bytes(), rules.language.id, *words)


def _whole_digest(path: Path, rules: Rules) -> str:
    """Return the digest of a file with all that it was checked against, the names of labels too."""
    return parse_cache.digest(_digest(path, rules), rules.names_digest)


def _cache(path: Path, pool: Pool, rules: Rules, problems: Problems) -> None:
    blocks = [
        [[view, [[s.text, s.at] for s in stems]] for view, stems in views.items()]
        for views in (pool.stems, pool.several)
    ]
    value = [pool.task, asdict(pool.words), *blocks]
    parse_cache.of(problems.home).put("pool", path, _digest(path, rules), value)
    if not path.is_relative_to(problems.home):
        parse_cache.of_user().put("pool", path, _whole_digest(path, rules), value)


def _cues_file(home: Path, language: str) -> Path:
    name = f"cues{LANGUAGES[language].ending}.yaml"
    return shipped.effective(home / "question_pools" / name, home)


def _cache_names(language: str, names: tuple[str, ...], problems: Problems) -> None:
    """Cache the names that the pools of a language were checked against."""
    cache, path = parse_cache.of(problems.home), _cues_file(problems.home, language)
    if cache.get("names", path, language) != list(names):
        cache.put("names", path, language, list(names))


def _from_json(value: list[Any]) -> Pool:
    task, words, *blocks = value
    stems, several = (
        {view: tuple(Stem(text, at) for text, at in texts) for view, texts in block}
        for block in blocks
    )
    lists = {key: tuple(words[key]) for key in ("cues", "avoid", "slots")}
    return Pool(task, stems, several, TaskWords(**{**words, **lists}))


def _pool(
    path: Path,
    file: TaskFile,
    lines: yaml.Lines,
    rules: Rules,
    problems: Problems,
    below: Pool | None,
) -> Pool:
    """Return the pool of one file, adding each broken rule to `problems`.

    The rules for the shipped stems of the task apply to a project's stems too.
    """
    own = TaskWords(file.cues, file.avoid, file.noun or "", file.many_in_view, file.yes_no)
    words = pool_layers.laid_words(own, below)
    check = rules.checker(words)
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
    return Pool(file.task, found["stems"], found["several"], words, tuple(file.withdrawn))
