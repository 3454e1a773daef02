"""Being offered in a question with several answers must say nothing of being right."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchsmith.audits.audit import load
from benchsmith.audits.audit_row import AuditRow
from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.several_guessers import _precision
from benchsmith.core.random_order import order, randint
from benchsmith.core.verdicts import FAIL, Found
from benchsmith.documents.benchmark import Marks

LABELS = [f"l{n}" for n in range(12)]


def judged(check: str, right: Callable[[str, int], bool], count: int = 240) -> Found:
    """Judge questions with five options; `right` says whether a label is right in a question."""
    rows = []
    for i in range(count):
        offered = order(LABELS, 1, str(i), name=str)[:5]
        others = [n for n, label in enumerate(offered) if label != "l3"]
        answers = tuple(n for n, label in enumerate(offered) if right(label, i)) or (others[0],)
        if len(answers) == len(offered):
            answers = tuple(n for n in answers if n != others[0])
        rows.append(
            AuditRow(
                id=f"{i}", split="test", stem="s", question="?", options=tuple(offered),
                labels=tuple(offered), answers=answers, pool="p", task="t", modality="m",
                view="image", label=offered[answers[0]], source="s", target=f"t{i}",
                group=f"g{i % 120}", several=True,
            )
        )  # fmt: skip
    return load(check)(AuditTable(rows, 1), Marks())


def even(label: str, i: int) -> bool:
    return randint(1, 0, 1, "right", label, str(i)) == 1


def test_labels_of_unequal_share_are_guessed_and_even_ones_are_not() -> None:
    found = judged(
        "several-prior",
        lambda label, i: randint(1, 0, 9, label, str(i)) < (9 if label < "l4" else 2),
    )
    assert found.outcome == FAIL and (found.value or 0) > 0.15
    sound = judged("several-prior", even)
    assert sound.outcome != FAIL and abs(sound.value or 0) < 0.05


@pytest.mark.parametrize("always", [False, True])
def test_a_label_that_is_never_or_always_right_is_named(always: bool) -> None:
    found = judged(
        "several-never-right", lambda label, i: always if label == "l3" else even(label, i)
    )
    assert found.outcome == FAIL and [o.id for o in found.offenders] == ["l3"]
    assert found.offenders[0].why.startswith("right in all" if always else "never right")
    assert judged("several-never-right", even).outcome == "PASS"


def test_precision_by_hand() -> None:
    """Two of four are right; the best score is right, and two others tie for the second place."""
    row = AuditRow(id="a", split="test", stem="s", question="?", options=tuple("abcd"),
        labels=tuple("abcd"), answers=(0, 1), pool="p", task="t", modality="m", view="image",
        label="a", source="s", target="t", several=True)  # fmt: skip
    import numpy as np

    table = AuditTable([row], 1)
    assert _precision(table, np.array([0.9, 0.5, 0.5, 0.1])).tolist() == [0.75]
    assert _precision(table, np.array([0.1, 0.1, 0.9, 0.8])).tolist() == [0.0]
