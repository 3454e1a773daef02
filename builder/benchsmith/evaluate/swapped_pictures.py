"""Swapped pictures: same modality, another patient, and not showing the key."""

from __future__ import annotations

from collections.abc import Sequence

from benchsmith.core.model import Choice, Question
from benchsmith.core.random_order import order, rank
from benchsmith.documents.lexicon import Lexicon
from benchsmith.release.model import Release


def partners(release: Release) -> dict[str, str]:
    """Return for each question the id of the question whose picture replaces its own.

    The partner has the same modality and granularity, and is drawn by rank. A question without a
    suitable partner is left out.
    """
    seed = release.benchmark.seed
    alike: dict[tuple[str, str], list[Question]] = {}
    for question in release.asked():
        alike.setdefault((question.modality, question.view), []).append(question)
    found: dict[str, str] = {}
    for some in alike.values():
        turn = order(some, seed, "partner", name=lambda q: q.id)
        for question in some:
            start = rank(seed, "partner of", question.id) % len(turn)
            other = _first(question, (*turn[start:], *turn[:start]), release)
            if other is not None:
                found[question.id] = other
    return found


def _first(question: Question, others: Sequence[Question], release: Release) -> str | None:
    own = release.choices[question.target]
    keys = [question.option_labels[i] for i in question.answers]
    for other in others:
        shown = release.choices[other.target]
        if _group(shown) != _group(own) and not _may_show(
            shown, own, keys, question.view, release.lexicon
        ):
            return other.id
    return None


def _group(choice: Choice) -> str:
    return choice.cluster or choice.patient


def _may_show(shown: Choice, own: Choice, keys: Sequence[str], view: str, lexicon: Lexicon) -> bool:
    """Return whether a picture may show or mark one of the keys.

    In a marked picture only the region counts. In a whole picture a key is known to be absent only if
    the same source looked for it.
    """
    related = lexicon.labels.related
    if view != "image":
        there = [n.name for n in shown.neighbours if n.in_region > 0]
    else:
        listed = shown.kind != "image" or shown.group == own.group
        absent = all(shown.searched.is_absent(key, related) for key in keys)
        if shown.source != own.source or not listed or not absent:
            return True
        there = [n.name for n in shown.neighbours]
    return any(
        one == key or related(one, key) or lexicon.exclude(one, key)
        for one in (shown.label, *there)
        for key in keys
    )
