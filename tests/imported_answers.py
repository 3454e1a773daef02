"""The cases of the small release, and what answers that another tool wrote score on them."""

from __future__ import annotations

from typing import Any

import pytest

from benchsmith.evaluate import release_reader
from benchsmith.evaluate.answer_log import Kept, Run
from benchsmith.evaluate.contract import Answer
from benchsmith.evaluate.grades import grade
from benchsmith.evaluate.items import Item
from benchsmith.release.columns import letters
from tests.conftest import Project

Items = list[Item]


@pytest.fixture(scope="module")
def items(built: Project) -> Items:
    """Return the cases by id, as exports number them."""
    return sorted(release_reader.read(built.release).items, key=lambda i: i.id)


def right(item: Item) -> str:
    return f"The answer is {letters(item.key)}." if not item.several else letters(item.key)


def scored(items: Items, answers: list[Answer]) -> float:
    kept = Kept(Run(model="m", kind="import"), {}, {}, 0)
    kept.answers = {(a.case, a.shift, a.content): a for a in answers}
    found = grade(items, kept)
    assert found.stale == 0 and len(found.grades) == len(answers)
    return sum(g.hit for g in found.grades) / len(found.grades)


def sample(item: Item, **more: Any) -> dict[str, Any]:
    """Return a sample as inspect 0.3 logs it."""
    said = {"role": "assistant", "content": [{"type": "reasoning", "reasoning": "Or A?"},
                                             {"type": "text", "text": right(item)}]}  # fmt: skip
    return {"id": item.id, "epoch": 1, "input": item.question, "choices": list(item.options),
            "target": list(letters(item.key)), "metadata": {},
            "output": {"model": "m", "choices": [{"message": said}]}, **more}  # fmt: skip
