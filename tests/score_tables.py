"""Answers to made-up questions, for tests of scores."""

from __future__ import annotations

import pandas as pd

from benchsmith.evaluate.answer_log import Kept, Run
from benchsmith.evaluate.contract import Answer
from benchsmith.evaluate.grades import frame, grade
from benchsmith.evaluate.items import Item

RUN = Run(model="m", kind="model")


def item(n: int, **more: object) -> Item:
    values: dict[str, object] = {
        "id": f"case{n}", "question": "Which?", "options": ("liver", "spleen", "kidney", "rib"),
        "key": (n % 4,), "several": False, "label": "x", "task": f"T{n % 3}", "department": "D",
        "modality": "CT", "granularity": "mask", "split": "test", "source": "s", "target": f"t{n}",
        "group": f"g{n // 2}", "mirror": "", "sex": "", "age_band": "", "content": f"c{n}",
    }  # fmt: skip
    return Item(**{**values, **more})  # type: ignore[arg-type]


def kept(said: dict[Item, str], *, shift: int = 0) -> Kept:
    found = Kept(RUN, {}, {}, 0)
    for i, text in said.items():
        found.answers[i.id, shift, i.content] = Answer(
            case=i.id, shift=shift, content=i.content, text=text
        )
    return found


def table_of(said: dict[Item, str]) -> pd.DataFrame:
    return frame(list(said), grade(list(said), kept(said)).grades)
