"""Numbers as options: a usual value that reveals the answer is found by name, and a fair draw passes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from benchsmith.audits.audit import audit
from benchsmith.audits.audit_row import AuditRow
from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.stated_numbers import numbers_of
from benchsmith.core.random_order import rank
from benchsmith.core.verdicts import FAIL, PASS, Verdict
from benchsmith.documents.benchmark import Marks

LABELS = [f"organ-{n}" for n in range(8)]
STEPS = (1.0, 2.0, 4.0, 8.0)


def row(number: int, options: Sequence[float], key: int, label: str) -> AuditRow:
    split = "val" if number % 4 == 0 else "test"
    return AuditRow(
        id=f"q{number:05}", split=split, stem="s", question=f"How long is the {label}?",
        options=tuple(f"{x:g} mm" for x in options), labels=tuple(f"says:{x:g} mm" for x in options),
        answers=(key,), pool=f"measurement/diameter/{split}/a/ct", task="t", modality="ct",
        view="image", label=label, source="a", target=f"t{number}", patient=f"p{number}",
        group=f"p{number}", sample=f"p{number}", skill="measurement",
    )  # fmt: skip


def judged(rows: Sequence[AuditRow]) -> Verdict:
    (found,) = audit(AuditTable(list(rows), 1), Marks(), ["number-prior"]).verdicts
    return found


def fair(number: int) -> AuditRow:
    """Each number of a label's row is right equally often."""
    label = LABELS[number % 8]
    base = 10.0 + 3 * (number % 8)
    return row(number, [base * s for s in STEPS], number // 8 % 4, label)


def test_the_same_numbers_with_each_one_right_equally_often_tell_nothing() -> None:
    found = judged([fair(n) for n in range(1600)])
    assert found.outcome == PASS
    assert found.value == pytest.approx(0.25, abs=0.02)


def test_numbers_around_each_true_value_betray_the_usual_one() -> None:
    """As in other sets of questions: the options are the true value times fixed factors."""
    rows = []
    for n in range(1600):
        label = n // 4 % 8
        true = 10.0 * (label + 1) * (0.9 + 0.2 * (rank(1, str(n)) % 100) / 100)
        first = rank(2, str(n)) % 4
        options = [round(true * 2.0 ** (i - first), 1) for i in range(4)]
        rows.append(row(n, options, first, LABELS[label]))
    found = judged(rows)
    assert found.outcome == FAIL
    assert found.says.startswith("usual value, by structure and kind")
    assert found.value is not None and found.value > 0.9
    assert found.offenders[0].id in LABELS


def test_the_middle_number_is_found() -> None:
    rows = [row(n, [10, 15, 22, 33, 50], 2 if n % 3 else n % 5, "x") for n in range(800)]
    found = judged(rows)
    assert found.outcome == FAIL
    assert found.parts and max(found.parts, key=lambda p: p.value).name in (
        "middle number", "usual rank", "usual value, by structure and kind", "usual value, by kind",
    )  # fmt: skip


def test_the_smallest_number_as_a_rule_is_found() -> None:
    rows = [
        row(n, sorted({5.0 + n % 7, 30.0 + n % 11, 90.0 + n % 13}), 0 if n % 10 < 7 else 2, "x")
        for n in range(800)
    ]
    assert judged(rows).outcome == FAIL


def test_who_avoids_the_usual_value_is_found() -> None:
    """If the usual value is always wrong, that too is an answer."""
    rows = []
    for n in range(1600):
        # in val each structure has one value; in test it has any other
        usual, turn = n // 4 % 3, n // 12 % 2
        key = usual if n % 4 == 0 else [k for k in range(3) if k != usual][turn]
        rows.append(row(n, [10, 20, 40], key, LABELS[usual]))
    found = judged(rows)
    assert found.outcome == FAIL
    assert found.says.startswith("not the usual value, by structure and kind: 50")


def test_there_is_nothing_to_say_of_recognition() -> None:
    from dataclasses import replace

    rows = [replace(fair(n), skill="recognition") for n in range(100)]
    assert audit(AuditTable(rows, 1), Marks(), ["number-prior"]).verdicts == ()


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        (("3.2 cm²", "2 cm²"), [3.2, 2.0]),
        (("-40 HU", "20 HU"), [-40.0, 20.0]),
        (("10 %", "20 %"), [10.0, 20.0]),
        (("1", "2", "3"), [1.0, 2.0, 3.0]),
        (("10 mm", "20 mL"), None),
        (("10 mm", "10 mm"), None),
        (("box 1", "box 2"), None),
        (("T2", "T1"), None),
        (("liver", "12 mm"), None),
    ],
)
def test_options_that_are_numbers_of_one_unit(
    options: tuple[str, ...], numbers: list[float] | None
) -> None:
    assert numbers_of(options) == numbers
