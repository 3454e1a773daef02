"""`question_pools/skills/`: the stems of each skill other than recognition, by kind of question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pydantic

from benchsmith.documents import parse_cache, shipped, yaml
from benchsmith.documents.pool import Rules, Stem
from benchsmith.documents.problems import Problems, did_you_mean
from benchsmith.documents.stem_likeness import Placed, monotonous, repeated
from benchsmith.documents.stems import TaskWords
from benchsmith.documents.tree import Axis
from benchsmith.text.languages import ENGLISH, split_name

FOLDER = "skills"
VIEW = "image"
"""Most questions of skills are about a picture without a mark."""


class Kind(yaml.Document):
    """The stems of one kind of question of a skill."""

    cues: tuple[str, ...]
    """Words that state what is asked for; each stem contains one of them."""
    names: tuple[str, ...]
    """The structures that each stem names, `first` for the placeholder `<first>`."""
    view: Literal["image", "box", "mask", "contour"] = "image"
    """Which mark the stems speak of."""
    yes_no: bool = False
    options: dict[str, str] = pydantic.Field(default_factory=dict)
    """What options that are not labels say, by id; empty if the options are the named structures."""
    stems: tuple[str, ...]


class SkillFile(yaml.Document):
    """Stems of one skill in one language."""

    skill: str
    language: str = ENGLISH
    kinds: dict[str, Kind]


@dataclass(frozen=True, slots=True)
class KindPool:
    """The stems of one kind of question."""

    names: tuple[str, ...]
    options: Mapping[str, str]
    """Texts by id; empty if the options are the named structures."""
    stems: tuple[Stem, ...]
    view: str = VIEW


SkillPools = Mapping[str, Mapping[str, KindPool]]
"""By skill and kind of question."""


def collect(
    folder: Path, skills: Axis | None, rules: Mapping[str, Rules], problems: Problems
) -> dict[str, dict[str, dict[str, KindPool]]]:
    """Return the stems by language, skill and kind, adding each broken rule to `problems`.

    `folder` is `question_pools/`, `skills` the axis, `rules` are by language; files of other languages
    are not read. A project's file takes the place of the shipped one.
    """
    found: dict[str, dict[str, dict[str, KindPool]]] = {id_: {} for id_ in rules}
    for path in shipped.files(folder / FOLDER, "*.yaml", problems.home):
        name, id_ = split_name(path.name, ".yaml")
        if id_ not in rules:
            continue
        file, lines = yaml.collect(path, SkillFile, problems)
        if file is None:
            continue
        if skills is None or file.skill not in skills or file.skill != name:
            near = did_you_mean(file.skill, skills.terms) if skills is not None else ""
            what = f"{file.skill!r} is not a skill, or differs from the file's name"
            problems.add(path, lines.of(("skill",)), what, near or "see lexicon/tree/skill.tsv")
        if file.language != id_:
            what = f"`language` is {file.language!r}, but the file's name has {id_!r}"
            problems.add(path, lines.of(("language",)), what)
        found[id_][file.skill] = {
            kind: _pool(path, kind, one, lines, rules[id_], problems)
            for kind, one in file.kinds.items()
        }
    return found


def _pool(
    path: Path, kind: str, one: Kind, lines: yaml.Lines, rules: Rules, problems: Problems
) -> KindPool:
    """Return the stems of one kind, adding each broken rule to `problems`."""
    slots = tuple(f"<{name}>" for name in one.names)
    at = ("kinds", kind, "stems")
    placed = [Placed(text, lines.of((*at, i))) for i, text in enumerate(one.stems)]

    def check() -> None:
        rule = rules.checker(TaskWords(cues=one.cues, yes_no=one.yes_no, slots=slots))
        for stem in placed:
            for what in rule.faults(stem.text, one.view):
                problems.add(path, stem.line, f"{what}: {stem.text!r}")
        for stem, what in repeated(placed, rules.language):
            problems.add(path, stem.line, f"{what}: {stem.text!r}")
        if not one.yes_no and (what := monotonous(placed, rules.language)):
            problems.add(path, lines.of(at), what, "vary how they start")

    digest = parse_cache.digest(one.model_dump_json(), *rules.texts())
    parse_cache.once(problems, f"skill {kind}", path, digest, check)
    shown = problems.show(path)
    stems = tuple(Stem(s.text, f"{shown}:{s.line}") for s in placed)
    return KindPool(one.names, dict(one.options), stems, one.view)
