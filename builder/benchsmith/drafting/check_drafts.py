"""What a model answered, judged by the rules of stems: drafts for a person, and what was refused."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchsmith.core.model import VIEWS
from benchsmith.documents.pools import Pool, Rules
from benchsmith.documents.stems import before, skeleton

BLOCK = {False: "stems", True: "several"}
"""Where a stem stands in a task's file."""


@dataclass(slots=True)
class Draft:
    """A stem that keeps every rule, and the answers that it came in."""

    id: str
    granularity: str
    several: bool
    stem: str
    origins: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Refused:
    """A stem, or a whole answer, that a person need not read, and why."""

    granularity: str
    text: str
    why: tuple[str, ...]
    origin: Mapping[str, str]


def judge(
    rows: Iterable[Mapping[str, Any]], pool: Pool, rules: Rules
) -> tuple[list[Draft], list[Refused]]:
    """Judge the answers about one task in one language, in an order of their own."""
    check = rules.checker(pool.cues)
    drafts: dict[tuple[bool, str, str], Draft] = {}
    refused: list[Refused] = []
    said = {(s, v): _standing(pool, s, v) for s in BLOCK for v in VIEWS}
    for row in sorted(rows, key=_place):
        view, several = row["granularity"], bool(row["several"])
        origin = {key: str(row[key]) for key in ("modality", "label", "digest", "time")}
        stems = stems_of(row["answer"], row["count"])
        if isinstance(stems, str):
            refused.append(Refused(view, row["answer"], (stems,), origin))
            continue
        for stem in stems:
            bare = skeleton(stem)
            if known := drafts.get((several, view, bare)):
                known.origins.append(origin)
                continue
            faults = list(check.faults(stem, view, several=several))
            if what := before(bare, said[several, view], rules.language):
                faults.append(what)
            if faults:
                refused.append(Refused(view, stem, tuple(faults), origin))
                continue
            draft = Draft(draft_id(pool.task, view, several, stem), view, several, stem, [origin])
            drafts[several, view, bare] = draft
            said[several, view].append((bare, f"draft {draft.id}"))
    return list(drafts.values()), refused


def stems_of(answer: str, count: int) -> list[str] | str:
    r"""Return the stems of an answer, or why it cannot be used.

    JSON is what was asked for; fences of Markdown around it are taken off.

    >>> stems_of('```json\n{"questions": ["a", "b"]}\n```', 2)
    ['a', 'b']
    >>> stems_of("Here they are", 2), stems_of('{"questions": ["a"]}', 2)
    ('is no JSON', 'has 1 questions instead of 2')
    """
    bare = re.sub(r"^```\w*\s*|\s*```$", "", answer.strip())
    try:
        told = json.loads(bare)
    except (ValueError, RecursionError):
        return "is no JSON"
    stems = told.get("questions") if isinstance(told, dict) else told
    if not isinstance(stems, list) or not all(isinstance(s, str) for s in stems):
        return "has no list of texts under `questions`"
    if len(stems) != count:
        return f"has {len(stems)} questions instead of {count}"
    return [" ".join(s.split()) for s in stems]


def draft_id(task: str, view: str, several: bool, stem: str) -> str:
    """Return the name by which a person accepts a draft: it does not change when others come."""
    named = "\0".join((task, view, BLOCK[several], stem))
    return hashlib.sha256(named.encode()).hexdigest()[:8]


def _standing(pool: Pool, several: bool, view: str) -> list[tuple[str, str]]:
    """Return the skeletons of the stems that a task has already, and where they stand."""
    stems: Sequence[Any] = (pool.several if several else pool.stems).get(view, ())
    return [(skeleton(s.text), s.at) for s in stems]


def _place(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return (bool(row["several"]), VIEWS.index(row["granularity"]), row["modality"], row["label"],
            row["digest"])  # fmt: skip
