"""Mutated files have the values that an independent reader finds; a fixed thousand of them here."""

from __future__ import annotations

import dataclasses
import os
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchsmith.core.contracts import DataFault
from tests import fault_kinds
from tests.value_fuzz import page, run
from tests.value_fuzz.__main__ import wrong
from tests.value_fuzz.chance import Chance
from tests.value_fuzz.formats import FORMATS
from tests.value_fuzz.kept import all_kept, keep, kept
from tests.value_fuzz.mutants import Format
from tests.value_fuzz.run import CRASH, DIFFER, EQUAL, HANG, OURS_ALONE, OUTCOMES, Outcome
from tests.value_fuzz.values import Placed, Values, difference

HERE = 46
"""Mutants of each format. `make fuzz` makes more."""


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_mutants_have_the_values_that_their_judge_reads(form: Format) -> None:
    outcomes = list(run.measure(form, range(HERE)))
    assert not wrong(outcomes), "\n".join(map(str, wrong(outcomes)))
    assert [one.number for one in outcomes] == list(range(HERE))
    names = [one.name for one in outcomes]
    assert names.count(EQUAL) > HERE / 4, names
    assert sum(one.valid for one in outcomes) > HERE / 2


@pytest.mark.slow
def test_the_page_reports_the_result_of_all_mutants() -> None:
    outcomes = [one for form in FORMATS for one in run.measure(form, range(form.mutants))]
    assert not wrong(outcomes), "\n".join(map(str, wrong(outcomes)))
    assert page.published() == page.text(outcomes)


def test_the_page_adds_up_and_reports_no_difference() -> None:
    text = page.published()
    assert f"Seed {run.SEED}" in text
    lines = [[c.strip() for c in line.split("|")[1:-1]] for line in text.splitlines()]
    of_formats = [cells for cells in lines if len(cells) == len(page.HEAD)]
    head, _, *rows, everything = of_formats
    assert head == list(page.HEAD)
    assert [row[:3] for row in rows] == [[f.name, f.judge, str(f.mutants)] for f in FORMATS]
    assert int(everything[2]) >= 20_000
    for column in range(2, len(page.HEAD)):
        assert int(everything[column]) == sum(int(row[column]) for row in rows)
    for row in (*rows, everything):
        assert int(row[2]) == sum(map(int, row[4:]))
        assert int(row[3]) > int(row[2]) / 2
        for name in (DIFFER, CRASH, HANG):
            assert row[4 + OUTCOMES.index(name)] == "0"
    of_kinds = [cells for cells in lines if len(cells) == len(page.KIND_HEAD)][2:]
    expected = [[f.name, kind] for f in FORMATS for kind in f.meanings]
    assert [row[:2] for row in of_kinds] == expected
    assert {row[-1] for row in of_kinds} == {"0"}


def test_a_format_is_kept_whole_or_not_at_all_and_the_page_names_what_was_not_run(
    tmp_path: Path,
) -> None:
    whole, other = FORMATS[:2]
    of = {"kind": next(iter(whole.meanings)), "valid": True, "name": EQUAL}
    made = [Outcome(whole.name, number, **of) for number in range(whole.mutants)]
    keep(tmp_path, whole, made)
    keep(tmp_path, other, [Outcome(other.name, 0, **of)])
    assert kept(tmp_path, whole) == made
    assert kept(tmp_path, other) == []
    text = page.text(all_kept(tmp_path))
    assert f"| {whole.name} | {whole.judge} | {whole.mutants} | {whole.mutants} |" in text
    assert f"| {other.name} | {other.judge} | not run |" in text
    assert text.count("not run") == len(FORMATS) - 1


def test_a_mutant_is_the_same_each_time(tmp_path: Path) -> None:
    for form in FORMATS[:6]:
        made = []
        for folder in (tmp_path / form.name / "a", tmp_path / form.name / "b"):
            folder.mkdir(parents=True)
            mutant = run.make(form, run.SEED, 5, folder)
            files = [p for p in sorted(folder.rglob("*")) if p.is_file()]
            made.append((mutant.kind, [p.read_bytes() for p in files]))
        assert made[0] == made[1], form.name


# The harness itself: a check that was never seen to fail proves nothing.


def number(path: Path) -> Values:
    return {"number": int(path.read_text("utf-8"))}


def one_more(path: Path) -> Values:
    return {"number": int(path.read_text("utf-8")) + 1}


def refuses(path: Path) -> Values:
    raise DataFault("header", path, "no")


def unknown_reason(path: Path) -> Values:
    raise DataFault("because", path, "no")


def fails(path: Path) -> Values:
    raise KeyError(path)


def dies(path: Path) -> Values:
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def hangs(path: Path) -> Values:
    time.sleep(60)
    return {}


def write(chance: Chance, folder: Path) -> Path:
    (folder / "n.txt").write_text(str(chance.whole(10, 99)), "utf-8")
    return folder / "n.txt"


TOY = Format("toy", "int", {"number": write}, number, number)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, EQUAL),
        ({"ours": one_more}, DIFFER),
        ({"ours": refuses}, run.OURS_REFUSES),
        ({"ours": unknown_reason}, CRASH),
        ({"ours": fails}, CRASH),
        ({"ours": dies}, CRASH),
        ({"ours": hangs}, HANG),
        ({"theirs": fails}, OURS_ALONE),
        ({"theirs": dies}, OURS_ALONE),
        ({"ours": refuses, "theirs": fails}, run.BOTH_REFUSE),
    ],
)
def test_the_harness_distinguishes_outcomes(
    changed: dict[str, Any], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "VALID_SHARE", 2)
    monkeypatch.setattr(run, "SECONDS", 0.5 if expected == HANG else 60)
    outcomes = list(run.measure(dataclasses.replace(TOY, **changed), range(2)))
    assert [one.name for one in outcomes] == [expected, expected]
    assert [one.number for one in outcomes] == [0, 1]


def test_a_mutant_that_cannot_be_made_is_reported_separately() -> None:
    def make(chance: Chance, folder: Path) -> Path:
        if folder.name == "1":
            raise OSError(folder)
        return write(chance, folder)

    outcomes = list(run.measure(dataclasses.replace(TOY, meanings={"n": make}), range(3)))
    assert outcomes[1].name == CRASH and outcomes[1].detail == "making: crashed"
    assert [one.number for one in outcomes] == [0, 1, 2]
    assert CRASH not in (outcomes[0].name, outcomes[2].name)


def test_what_nobody_explains_is_wrong() -> None:
    of = {"format": FORMATS[0].name, "number": 1, "kind": "k", "valid": True}
    assert wrong([Outcome(**of, name=OURS_ALONE, detail="something new")])
    assert not wrong([Outcome(**of, name=OURS_ALONE, detail="Not a gzipped file")])
    assert wrong([Outcome(**of, name=DIFFER)])


def test_a_volume_that_is_mirrored_moved_or_stretched_differs() -> None:
    voxels = np.arange(24).reshape(2, 3, 4)
    affine = np.diag([1.0, 2, 3, 1])
    whole = Placed(voxels, affine)
    assert not difference({"v": whole}, {"v": Placed(voxels, affine)}, {})
    flipped = affine.copy()
    flipped[:3, 0], flipped[0, 3] = -affine[:3, 0], 1
    assert not difference({"v": whole}, {"v": Placed(voxels[::-1], flipped)}, {}), "the same place"
    moved = affine.copy()
    moved[0, 3] = 0.1
    for other in (
        Placed(voxels[::-1], affine),
        Placed(voxels, moved),
        Placed(voxels, np.diag([1.0, 2, 3.1, 1])),
        Placed(voxels + 1, affine),
        Placed(voxels[:, :, :3], affine),
    ):
        assert difference({"v": whole}, {"v": other}, {})


def test_marks_are_compared_one_by_one() -> None:
    marks = [("liver", 4.0, (0.0, 1.0), (0.5,)), ("spleen", 2.0, (3.0, 4.0), (3.5,))]
    assert not difference({"m": marks}, {"m": marks[::-1]}, {})
    assert difference({"m": marks}, {"m": marks[:1]}, {})
    assert difference({"m": marks[:1]}, {"m": marks}, {})
    assert not difference({"m": marks[:1], "refused": ("header",)}, {"m": marks}, {})
    renamed = [("kidney", *marks[0][1:]), marks[1]]
    assert difference({"m": marks, "refused": ("header",)}, {"m": renamed}, {})
    near = [("liver", 5.0, (0.0, 1.0), (0.5,)), marks[1]]
    assert difference({"m": marks}, {"m": near}, {})
    assert not difference({"m": marks}, {"m": near}, {"m": 1.0})
    assert difference(
        {"m": marks}, {"m": [("liver", 4.0, (0.0, 2.0), (0.5,)), marks[1]]}, {"m": 1.0}
    )


# The table of kinds of fault, which other tests try.


def test_every_kind_of_fault_names_tests_that_exist() -> None:
    assert not fault_kinds.missing()


def test_the_page_lists_every_kind_of_fault_and_nothing_silently_wrong(
    request: pytest.FixtureRequest,
) -> None:
    """Its counts are those of the tests' cases.

    A run of all tests has collected them. Otherwise another pytest does, which takes some seconds.
    """
    lines = [
        [c.strip() for c in line.split("|")[1:-1]] for line in fault_kinds.published().splitlines()
    ]
    rows = lines[2:]
    given = vars(request.config.option)
    some = any(given.get(name) for name in ("keyword", "deselect", "lf"))
    some |= given["markexpr"] != "not slow" or "::" in " ".join(request.config.args)
    found = fault_kinds.cases(item.nodeid for item in request.session.items if not some)
    assert [row[0] for row in rows] == [kind.name for kind in fault_kinds.KINDS]
    for row, kind in zip(rows, fault_kinds.KINDS, strict=True):
        tried, right, refused, wrong_ = map(int, row[1:])
        counted = [sum(found[n] for n in fault_kinds.nodes(w)) for w in (kind.right, kind.refused)]
        assert [right, refused] == counted, f"{kind.name}: run `python -m tests.fault_kinds`"
        assert wrong_ == 0
        assert tried == right + refused
        assert right >= len(fault_kinds.nodes(kind.right))
        assert refused >= len(fault_kinds.nodes(kind.refused))
