"""The audit of counterfactual pairs: each planted flaw is named, a sound table is not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from benchsmith.audits.audit import audit, load
from benchsmith.audits.audit_row import AuditRow, ModelResult
from benchsmith.audits.audit_table import AuditTable
from benchsmith.core.random_order import randint
from benchsmith.core.verdicts import FAIL, NOT_RUN, PASS, WARN, Found
from benchsmith.documents.benchmark import Marks
from tests.audit_tables import audit_table


@cache
def paired(seed: int = 3) -> AuditTable:
    """Return the clean table with a counterfactual of each second question.

    A third of them are mirrored. In the others the answer moves to another option: two questions of a pool
    that offer each other's key exchange them.
    """
    clean = audit_table(seed)
    rows = [replace(r, pair=r.id) if i % 2 else r for i, r in enumerate(clean.rows)]
    waiting: dict[tuple[str, str, str, str], list[AuditRow]] = {}
    altered = []
    for row in rows:
        if not row.pair or randint(seed, 0, 2, "kind", row.id) == 0:
            if row.pair:
                altered.append(_altered(row, "mirror", row.labels[row.answers[0]]))
            continue
        own = row.labels[row.answers[0]]
        for label in row.labels:
            back = waiting.get((row.pool, row.view, label, own), [])
            if label != own and back:
                other = back.pop()
                for one, to in ((row, label), (other, own)):
                    altered.append(_altered(one, "move", to))
                break
        else:
            for label in row.labels:
                waiting.setdefault((row.pool, row.view, own, label), []).append(row)
            continue
        for some in waiting.values():
            some[:] = [r for r in some if r.id not in (row.id, other.id)]
    both = {a.pair for a in altered}
    rows = [r if r.pair in both else replace(r, pair="") for r in rows]
    return AuditTable([*rows, *altered], seed, clean.knowledge)


def _altered(row: AuditRow, kind: str, label: str) -> AuditRow:
    return replace(
        row, id=row.id[::-1] + "a", altered=kind, target=f"{row.target}~{kind}",
        answers=(row.labels.index(label),), label=label, picture=f"{row.id:x>64}"[::-1],
    )  # fmt: skip


def changed(
    table: AuditTable, change: object, kind: str = "move", count: int = 10**6
) -> AuditTable:
    """Return the table with some of its counterfactuals of a kind changed."""
    rows, left = [], count
    for row in table.rows:
        spoilt = row.altered == kind and left > 0
        left -= spoilt
        rows.append(change(row) if spoilt else row)  # type: ignore[operator]
    return AuditTable(rows, table.seed, table.knowledge)


def judge(name: str, table: AuditTable) -> Found:
    return load(name)(table, Marks())


def test_a_sound_table_passes() -> None:
    table = paired()
    assert sum(r.altered == "move" for r in table.rows) > 400
    assert judge("pair-form", table).outcome == PASS
    found = judge("pair-balance", table)
    assert (found.outcome, found.value) == (PASS, 0.0)
    assert judge("pair-prior", table).outcome == PASS
    few = AuditTable([r for r in table.rows if int(r.target[1:].split("~")[0]) % 4 == 0],
                     table.seed, table.knowledge)  # fmt: skip
    found = judge("pair-prior", few)
    assert found.outcome == WARN and "too few to tell" in found.says


def test_a_table_without_pairs_has_no_such_verdicts() -> None:
    names = ["pair-form", "pair-balance", "pair-prior", "erased-look", "answers-follow"]
    assert audit(audit_table(3), Marks(), names).verdicts == ()
    assert [v.check for v in audit(paired(), Marks(), names).verdicts] == names


@pytest.mark.parametrize(
    ("flaw", "kind", "why"),
    [
        ({"split": "train"}, "move", "another split"),
        ({"question": "Other words?"}, "move", "another question"),
        ({"group": "p-1"}, "mirror", "another group"),
        ({"view": "elsewhere"}, "move", "another view"),
        ({"pair": "nowhere"}, "move", "its original is missing"),
    ],
)
def test_a_pair_that_differs_elsewhere_is_named(flaw: dict[str, str], kind: str, why: str) -> None:
    found = judge("pair-form", changed(paired(), lambda r: replace(r, **flaw), kind, 3))
    assert (found.outcome, found.offending) == (FAIL, 3)
    assert why in found.offenders[0].why


def test_other_options_the_same_picture_and_a_wrong_mirror_are_named() -> None:
    originals = {r.pair: r for r in paired().rows if r.pair and not r.altered}
    options = changed(paired(), lambda r: replace(r, labels=("q", *r.labels[1:])), count=2)
    assert "other options" in judge("pair-form", options).offenders[0].why
    same = changed(paired(), lambda r: replace(r, picture=originals[r.pair].picture), count=2)
    assert "the same picture" in judge("pair-form", same).offenders[0].why
    turned = changed(paired(), lambda r: replace(r, answers=((r.answers[0] + 1) % 4,)), "mirror", 2)
    found = judge("pair-form", turned)
    assert found.outcome == FAIL and "keeps the answer" in found.offenders[0].why


def test_new_answers_that_are_always_the_same_label_are_found() -> None:
    """Every mark moves to the first label of its pool by name that is offered: the liver, say."""

    def first(row: AuditRow) -> AuditRow:
        label = min(set(row.labels) - {row.labels[i] for i in original[row.pair].answers})
        return replace(row, answers=(row.labels.index(label),), label=label)

    original = {r.pair: r for r in paired().rows if r.pair and not r.altered}
    table = changed(paired(), first)
    assert judge("pair-form", table).outcome == PASS
    assert judge("pair-balance", table).outcome == FAIL
    found = judge("pair-prior", table)
    assert found.outcome == FAIL and (found.value or 0) > 0.1


def erased(smooth: float) -> AuditTable:
    """Return pairs whose altered picture is `smooth` deviations flatter than the original one."""

    def flatter(row: AuditRow) -> AuditRow:
        assert row.measures is not None
        tone = row.measures.tone
        less = (tone[0], tone[1] - 30 * smooth, *tone[2:])
        bytes_ = (row.file_bytes or 0) - int(9_000 * smooth)
        return replace(
            row, altered="erase", measures=row.measures._replace(tone=less), file_bytes=bytes_
        )

    return changed(paired(), flatter)


def test_a_painted_picture_that_its_file_betrays_is_reported() -> None:
    found = judge("erased-look", erased(2.0))
    assert found.outcome == WARN and (found.value or 0) > 0.9
    sound = judge("erased-look", erased(0.0))
    assert sound.outcome == PASS and 0.4 < (sound.value or 0) < 0.6
    assert judge("erased-look", paired()).outcome == NOT_RUN


@pytest.mark.parametrize(("model", "outcome"), [("sees", PASS), ("reads", FAIL)])
def test_a_model_that_goes_by_words_never_gets_both(model: str, outcome: str) -> None:
    table = paired()
    results = []
    for i, row in enumerate(table.rows):
        # who reads gives a pair one answer, which is right in one picture at most
        right = 1.0 if model == "sees" or not row.altered else 0.0
        results.append(ModelResult(i, model, "own", right))
    asked = AuditTable(table.rows, table.seed, table.knowledge, model_results=results)
    found = judge("answers-follow", asked)
    assert found.outcome == outcome
    assert found.value == (1.0 if model == "sees" else 0.0)
    assert judge("answers-follow", table).outcome == NOT_RUN


def test_a_counterfactual_is_no_further_observation() -> None:
    table = paired()
    unit = dict(zip((r.id for r in table.rows), table.units.tolist(), strict=True))
    originals = {r.pair: r for r in table.rows if r.pair and not r.altered}
    assert all(unit[r.id] == unit[originals[r.pair].id] for r in table.rows if r.altered)
    assert len(set(unit.values())) == len(table.unaltered())
    alone = AuditTable(  # nobody knows whose pictures these are
        [replace(r, group=None, patient=None) for r in table.rows], table.seed, table.knowledge
    )
    assert alone.clusters.unit == "targets"
    assert len(np.unique(alone.clusters.of)) == len(table.unaltered())


def test_sides_and_sets_are_judged_on_the_original_questions() -> None:
    table = paired()
    clean = AuditTable([r for r in table.rows if not r.altered], table.seed, table.knowledge)
    for name in ("card-counting", "label-places", "mirror-pairs", "patient-share"):
        assert judge(name, table) == judge(name, clean), name
    assert len(table.unaltered()) == len(clean)
    assert np.array_equal(table.unaltered().k, clean.k)
