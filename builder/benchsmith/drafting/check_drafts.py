"""Checks a model's answers against the rules of stems: drafts for review, and rejected texts."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchsmith.core.model import VIEWS
from benchsmith.documents.pools import Pool, Rules
from benchsmith.documents.stem_likeness import duplicate, skeleton
from benchsmith.text.normal_form import counted

BLOCK = {False: "stems", True: "several"}
"""The key of a task's file that holds a stem, by whether it has several answers."""


@dataclass(slots=True)
class NewDraft:
    """A stem that breaks no rule, and the answers that contain it."""

    id: str
    granularity: str
    several: bool
    stem: str
    origins: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RejectedText:
    """A stem or a whole answer that breaks rules, and which."""

    granularity: str
    text: str
    why: tuple[str, ...]
    origin: Mapping[str, str]


def judge(
    rows: Iterable[Mapping[str, Any]], pool: Pool, rules: Rules
) -> tuple[list[NewDraft], list[RejectedText]]:
    """Return drafts and rejected texts of the answers for one task and language.

    The result does not depend on the order of the answers.
    """
    check = rules.checker(pool.words)
    drafts: dict[tuple[bool, str, str], NewDraft] = {}
    rejected: list[RejectedText] = []
    known = {(s, v): _standing(pool, s, v) for s in BLOCK for v in VIEWS}
    for row in sorted(rows, key=_place):
        view, several = row["granularity"], bool(row["several"])
        origin = {key: str(row[key]) for key in ("modality", "label", "digest", "time")}
        stems = stems_of(row["answer"], row["count"])
        if isinstance(stems, str):
            rejected.append(RejectedText(view, row["answer"], (stems,), origin))
            continue
        for stem in stems:
            bare = skeleton(stem)
            if draft := drafts.get((several, view, bare)):
                draft.origins.append(origin)
                continue
            faults = list(check.faults(stem, view, several=several))
            if what := duplicate(bare, known[several, view], rules.language):
                faults.append(what)
            if faults:
                rejected.append(RejectedText(view, stem, tuple(faults), origin))
                continue
            draft = NewDraft(
                draft_id(pool.task, view, several, stem), view, several, stem, [origin]
            )
            drafts[several, view, bare] = draft
            known[several, view].append((bare, f"draft {draft.id}"))
    return list(drafts.values()), rejected


def stems_of(answer: str, count: int) -> list[str] | str:
    r"""Return the stems in an answer, or the reason why it is unusable.

    The prompt asks for JSON; Markdown fences around it are removed.

    >>> stems_of('```json\n{"questions": ["a", "b"]}\n```', 2)
    ['a', 'b']
    >>> stems_of("Here they are", 2), stems_of('{"questions": ["a"]}', 2)
    ('is not JSON', 'has 1 question instead of 2')
    """
    bare = re.sub(r"^```\w*\s*|\s*```$", "", answer.strip())
    try:
        parsed = json.loads(bare)
    except (ValueError, RecursionError):
        return "is not JSON"
    stems = parsed.get("questions") if isinstance(parsed, dict) else parsed
    if not isinstance(stems, list) or not all(isinstance(s, str) for s in stems):
        return "has no list of texts under `questions`"
    if len(stems) != count:
        return f"has {counted(len(stems), 'question')} instead of {count}"
    return [" ".join(s.split()) for s in stems]


def draft_id(task: str, view: str, several: bool, stem: str) -> str:
    """Return the id of a draft, which does not depend on other drafts."""
    text = "\0".join((task, view, BLOCK[several], stem))
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _standing(pool: Pool, several: bool, view: str) -> list[tuple[str, str]]:
    """Return the skeletons of a task's existing stems, each with its place."""
    stems: Sequence[Any] = (pool.several if several else pool.stems).get(view, ())
    return [(skeleton(s.text), s.at) for s in stems]


def _place(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return (bool(row["several"]), VIEWS.index(row["granularity"]), row["modality"], row["label"],
            row["digest"])  # fmt: skip
