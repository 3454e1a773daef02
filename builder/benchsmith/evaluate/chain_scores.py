"""How many of a model's failed questions have failures in the questions beneath them.

A question is beneath another one about the same picture if its skill belongs to an earlier stage, and if it
asks for a fact on which the other one rests, or whether the structure of the other one is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from benchsmith.core.skill_table import CONCLUDING, LOOKING, MEASURING, SEEING
from benchsmith.evaluate.items import Item
from benchsmith.evaluate.scores import ALL, by_split

if TYPE_CHECKING:
    import pandas as pd

ORDER = (SEEING, MEASURING, LOOKING, CONCLUDING)
PRESENCE = "presence"


def beneath(items: Iterable[Item]) -> dict[str, list[str]]:
    """Return for each question with facts the ids of the questions beneath it; none if there are none."""
    by_picture: dict[str, list[Item]] = {}
    for item in items:
        if item.facts and item.stage in ORDER:
            by_picture.setdefault(item.picture, []).append(item)
    found = {}
    for own in by_picture.values():
        for one in own:
            below = [other.id for other in own if _is_beneath(other, one)]
            if below:
                found[one.id] = sorted(below)
    return found


def _is_beneath(lower: Item, upper: Item) -> bool:
    if ORDER.index(lower.stage) >= ORDER.index(upper.stage) or lower.altered:
        return False
    if lower.skill == PRESENCE:
        return _subjects(lower) <= _subjects(upper)
    return set(lower.facts.split("\n")) <= set(upper.facts.split("\n"))


def _subjects(item: Item) -> set[str]:
    return {one for fact in item.facts.split("\n") for one in fact.split("\t")[0].split("|")}


def chains(items: Sequence[Item], frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a row for each split and stage: how often failures have failed facts beneath them.

    `questions` have a question beneath that was asked too, `failed` of them were answered wrongly;
    `beneath` is the share of these with a failure beneath, `alone` the share with none. `known` is
    the share of right answers if everything beneath is right, `unknown` if something beneath is
    wrong.
    """
    below = beneath(items)
    plain = frame[frame["shift"] == 0]
    rows = []
    for split, cases in by_split(plain):
        hits = dict(zip(cases["id"], cases["hit"] == 1, strict=True))
        stages = dict(zip(cases["id"], cases["stage"], strict=True))
        asked = {
            id_: [hits[one] for one in below[id_] if one in hits] for id_ in hits if id_ in below
        }
        asked = {id_: found for id_, found in asked.items() if found}
        for stage in (ALL, *ORDER):
            own = [id_ for id_ in asked if stage in (ALL, stages[id_])]
            if own:
                rows.append({"split": split, "stage": stage, **_row(own, asked, hits)})
    return rows


def _row(own: list[str], asked: dict[str, list[bool]], hits: dict[str, bool]) -> dict[str, Any]:
    failed = [id_ for id_ in own if not hits[id_]]
    sure = [hits[id_] for id_ in own if all(asked[id_])]
    unsure = [hits[id_] for id_ in own if not all(asked[id_])]
    on_failures = sum(not all(asked[id_]) for id_ in failed)
    return {
        "questions": len(own),
        "failed": len(failed),
        "beneath": on_failures / len(failed) if failed else None,
        "alone": 1 - on_failures / len(failed) if failed else None,
        "known": sum(sure) / len(sure) if sure else None,
        "unknown": sum(unsure) / len(unsure) if unsure else None,
    }
