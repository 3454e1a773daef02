"""`question_pools/`: the stems of each task, by granularity, and the rules they keep."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pydantic

from builder.documents import yaml
from builder.documents.problems import Problems
from builder.model import VIEWS
from builder.words import normal, plural, says

PLACEHOLDER = "<modality>"
View = Literal["image", "box", "mask", "contour"]


class Cues(yaml.Document):
    """Words that tell at which granularity a stem asks."""

    image: tuple[str, ...]
    box: tuple[str, ...]
    mask: tuple[str, ...]
    contour: tuple[str, ...]


class TaskFile(yaml.Document):
    """Stems of one task."""

    task: str
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


def read(
    folder: Path, tasks: Iterable[str], label_names: Iterable[str], problems: Problems
) -> dict[str, Pool]:
    """Read every task file, noting each stem that breaks a rule.

    `label_names` are the normal forms that no stem may say.
    """
    cues, _ = yaml.read(folder / "cues.yaml", Cues, problems)
    known = set(tasks)
    spoilers = [n for n in label_names if len(n) > 2 and not n.isdigit()]
    pools: dict[str, Pool] = {}
    for path in sorted((folder / "tasks").glob("*.yaml")):
        file, lines = yaml.read(path, TaskFile, problems)
        if file is None or cues is None:
            continue
        if file.task not in known or file.task != path.stem:
            problems.add(
                path, lines.of(("task",)), f"{file.task!r} is no task, or not this file's name"
            )
        check = _Checker(file, cues.model_dump(), _spoilers(spoilers, file.cues))
        found: dict[str, dict[str, tuple[Stem, ...]]] = {"stems": {}, "several": {}}
        for block, views in (("stems", file.stems), ("several", file.several)):
            for view, texts in views.items():
                for i, text in enumerate(texts):
                    line = lines.of((block, view, i))
                    for what in check.faults(text, view):
                        problems.add(path, line, f"{what}: {text!r}")
                found[block][view] = tuple(
                    Stem(t, f"{problems.show(path)}:{lines.of((block, view, i))}")
                    for i, t in enumerate(texts)
                )
        pools[file.task] = Pool(file.task, found["stems"], found["several"])
    return pools


def _spoilers(names: Iterable[str], cues: Iterable[str]) -> list[str]:
    """Leave out the labels that are themselves what the task asks for, such as `bone`."""
    spoken: set[str] = set()
    for cue in cues:
        words = normal(cue).split()
        spoken |= {
            " ".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, len(words) + 1)
        }
    return [n for n in names if n not in spoken and plural(n) not in spoken]


class _Checker:
    def __init__(
        self, file: TaskFile, cues: Mapping[str, tuple[str, ...]], spoilers: list[str]
    ) -> None:
        self._file, self._cues = file, cues
        self._words: dict[str, list[str]] = {}
        for name in spoilers:
            self._words.setdefault(name.split()[0], []).append(name)

    def faults(self, text: str, view: str) -> Iterable[str]:
        """Say every rule that a stem breaks."""
        plain = normal(text.replace(PLACEHOLDER, " "))
        if text.count(PLACEHOLDER) != 1:
            yield f"has not exactly one {PLACEHOLDER}"
        if not text.endswith("?"):
            yield "does not end with a question mark"
        if not any(says(plain, cue) for cue in self._file.cues):
            yield "has none of the task's cues"
        if not any(says(plain, cue) for cue in self._cues[view]):
            yield f"does not say that it asks at {view} level"
        for other in VIEWS:
            marked = other not in (view, "image")
            if view == "image" and marked and any(says(plain, c) for c in self._cues[other]):
                yield f"asks of the whole image but speaks of a {other}"
        for word in sorted(set(re.findall(r"\w+", plain))):
            for name in self._words.get(word, []):
                if says(plain, name):
                    yield f"names the label {name!r}"
