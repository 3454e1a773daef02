"""Each check catches its flaw by name, and reports none where there is none."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from benchsmith.audits import context_gain
from benchsmith.audits.audit import audit, load
from benchsmith.audits.audit_row import AuditRow
from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.context_guessers import context_attack, quantile_bins
from benchsmith.audits.registry import CHECKS
from benchsmith.core.verdicts import FAIL, INFO, NOT_RUN, PASS, WARN
from benchsmith.documents.benchmark import Marks, Near
from benchsmith.statistics.intervals import Interval
from benchsmith.statistics.resampling import permutation
from tests.audit_tables import Flaws, audit_table, flawed, verdict

SPLIT = ("ffff0000ffff0000", "ffff0000ffff0001")


@pytest.mark.parametrize(
    ("name", "flaw"),
    [
        ("option-length", {"longest": 0.2}),
        ("blind-attack", {"longest": 0.2}),
        ("positions", {"first": 0.14}),
        ("prior-attack", {"long_tail": True}),
        ("blind-attack", {"long_tail": True}),
        ("prior-attack", {"complement": True}),
        ("normal-answer", {"normal": 0.35}),
        ("option-style", {"marked_style": 0.2}),
        ("related-options", {"synonym": True}),
        ("related-options", {"parent": True}),
        ("odd-one-out", {"odd": 0.2}),
        ("mark-constant", {"red": True}),
        ("source-fingerprint", {"one_size": True}),
        ("row-order", {"ids_by_label": True}),
        ("row-order", {"rows_by_label": True}),
        ("stem-label", {"stem_by_label": 0.5}),
        ("mark-thickness", {"thick_by_label": True}),
        ("file-form", {"form_by_label": True}),
        ("published-size", {"size_by_label": True}),
        ("count-independence", {"count_by_label": True}),
        ("place-independence", {"place_by_label": 0.3}),
        ("place-independence", {"place_by_row": True}),
        ("group-overlap", {"same_group": 1}),
        ("group-overlap", {"same_sample": 1}),
        ("near-duplicates", {"hashes": (SPLIT,)}),
        ("region-overlap", {"overlap": 1}),
        ("region-size", {"tiny": 1}),
        ("exclusive-labels", {"both_true": 1}),
        ("absent-options", {"several": 1}),
        ("meta-options", {"meta": 1}),
        ("option-in-question", {"named": 1}),
        ("stem-filled", {"unfilled": 1}),
        ("repeats", {"twice": 1}),
        ("modality-consistency", {"foreign": 1}),
        ("pool-size", {"single": True}),
        ("option-count", {"single": True}),
        ("label-marginals", {"other_val": True}),
        ("key-offered", {"unkeyed": 1}),
        ("options-distinct", {"doubled": 1}),
        ("mark-visible", {"unseen": 1}),
        ("ids-unique", {"same_ids": 1}),
        ("picture-sound", {"empty": 1}),
    ],
    ids=lambda v: v if isinstance(v, str) else next(iter(v)),
)
def test_a_planted_flaw_fails_by_name(name: str, flaw: dict[str, Any]) -> None:
    found = verdict(name, flawed(**flaw))
    assert found.outcome == FAIL, found.says
    assert verdict(name, flawed()).outcome != FAIL


@pytest.mark.parametrize(
    ("question", "options", "fails"),
    [
        ("比较到肾的距离，胆囊与脾哪一个较近？", ("胆囊", "脾"), False),
        ("比较到脾的距离，胆囊与肾哪一个较近？", ("胆囊", "肝"), True),
        ("胆囊在图中显示了吗？", ("胆囊", "脾"), True),
        ("胆囊与胰腺哪一个较大？", ("胰腺", "胆囊"), False),
        ("图中显示的是哪个器官？", ("肝", "脾"), False),
    ],
)
def test_a_question_may_name_all_options_also_in_one_sign(
    question: str, options: tuple[str, ...], fails: bool
) -> None:
    made = audit_table(1, items=40)
    one = next(row for row in made.rows if len(row.options) >= 2)
    row = replace(one, question=question, options=options, labels=options, answers=(0,))
    found = verdict("option-in-question", AuditTable([row], 1, made.knowledge))
    assert (found.outcome == FAIL) == fails, found.says


@pytest.mark.parametrize(
    ("name", "flaw"),
    [
        ("file-size", {"file_by_label": True}),
        ("jpeg-traces", {"jpeg_by_label": True}),
        ("tone-attack", {"tone_by_label": True}),
        ("frame-attack", {"frame_by_label": True}),
        ("about-attack", {"sex_by_label": True}),
        ("patients-known", {"alone": True}),
        ("same-answer", {"sides": 3}),
    ],
)
def test_what_is_the_author_s_choice_is_a_warning(name: str, flaw: dict[str, Any]) -> None:
    assert verdict(name, flawed(**flaw)).outcome == WARN
    assert verdict(name, flawed()).outcome == PASS


def test_an_impossible_key_is_named_and_disturbs_no_other_check() -> None:
    made = audit_table(1, items=400)
    sound = [row for row in made.rows if len(row.options) >= 4]
    impossible: tuple[tuple[int, ...], ...] = ((7,), (), (-1,), (1, 1), (0, 1, 2, 3))
    bad = [
        replace(row, answers=answers, options=row.options[:4], labels=row.labels[:4])
        for row, answers in zip(sound, impossible, strict=False)
    ]
    rest = sound[len(bad) :]
    every_right = bad.pop()
    others = ["positions", "place-independence", "count-independence", "prior-attack", "pool-size",
              "mirror-pairs", "odd-one-out", "label-balance", "chance"]  # fmt: skip
    one = audit(AuditTable(bad + rest, 1, made.knowledge), Marks(), ["key-offered", *others])
    other = audit(AuditTable(rest, 1, made.knowledge), Marks(), others)
    assert {o.id for o in one.of("key-offered").offenders} == {row.id for row in bad}
    trivial = verdict("key-offered", AuditTable([every_right], 1))
    assert trivial.offenders[0].why == "every option is right"
    assert [v.value for v in one.verdicts[1:]] == [v.value for v in other.verdicts]


def test_files_by_department_tell_nothing_that_is_not_published() -> None:
    """In a folder the rows come file by file, sorted by id; sorted by answer they are a hint."""
    for seed in (1, 2):
        sound = audit_table(seed, items=1_000)
        by_file = sorted(sound.rows, key=lambda r: (r.split, r.task, r.department or "", r.id))
        assert verdict("row-order", AuditTable(by_file, seed)).outcome != FAIL
    by_answer = sorted(by_file, key=lambda r: (r.split, r.task, r.department or "", r.label))
    assert verdict("row-order", AuditTable(by_answer, seed)).outcome == FAIL


def test_a_gain_that_random_orders_reach_does_not_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """An interval may exclude the mark by luck: the order of a small benchmark is random too."""
    small = audit_table(1, items=300, patients=150)
    monkeypatch.setattr(context_gain, "rate", lambda *_: Interval(0.05, 0.03, 0.07))
    found = verdict("row-order", small)
    assert found.outcome == WARN and "some random orders give as much" in found.says


def test_an_order_without_a_hint_is_above_all_of_n_random_ones_in_one_of_n_and_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So the alarm of `row-order` is false for at most one key of a hidden split in `ORDERS` + 1."""
    orders, keys = 9, 400
    monkeypatch.setattr(context_gain, "ORDERS", orders)
    monkeypatch.setattr(context_gain, "CLEAR", {})
    table = audit_table(1, items=80, patients=40)
    none = np.zeros(len(table), np.int64)
    alarms = 0
    for key in range(keys):
        bins = quantile_bins(permutation(len(table), key, "a key's order"), none, 8)
        hits = context_attack(table, bins, table.folds)
        gain = float((hits - table.chance).mean())
        alarms += context_gain._above_chance(table, [bins], none, gain)  # noqa: SLF001
    expected = keys / (orders + 1)
    assert abs(alarms - expected) < 3 * expected**0.5


def test_a_stratum_that_can_be_guessed_fails_in_a_large_benchmark() -> None:
    guessed = audit_table(1, Flaws(long_tail=True), items=6_000, patients=2_000)
    found = verdict("prior-attack-strata", guessed)
    assert found.outcome == FAIL and found.offending >= 3
    clean = audit_table(1, items=6_000, patients=2_000)
    assert verdict("prior-attack-strata", clean).outcome != FAIL


def test_hashes_that_agree_by_chance_are_no_copies() -> None:
    """Only pictures that look alike as well are in both splits."""
    questions = flawed(hashes=(SPLIT,))
    assert verdict("near-duplicates", questions).outcome == FAIL
    planted = [row for row in questions.rows if row.phash in SPLIT]
    other = {planted[0].id: replace(planted[0], look=bytes(reversed(planted[0].look or b"")))}
    rows = [other.get(row.id, row) for row in questions.rows]
    found = verdict("near-duplicates", AuditTable(rows, 1))
    assert found.outcome == PASS, found.offenders
    strict = Near(modalities={row.modality: 0.9999 for row in rows}, similarity=0.0)
    assert verdict("near-duplicates", AuditTable(rows, 1, near=strict)).outcome == PASS
    loose = Near(similarity=0.0)
    assert verdict("near-duplicates", AuditTable(rows, 1, near=loose)).outcome == FAIL


def test_offenders_are_named_by_the_case_s_id_and_at_most_20() -> None:
    questions = flawed(tiny=30)
    found = verdict("region-size", questions)
    small = {row.id for row in questions.rows if row.area_px == 12}
    assert {o.id for o in found.offenders} < small
    assert len(found.offenders) == 20 and found.offending == len(small) == 30


@pytest.mark.parametrize("seeds", [20, pytest.param(50, marks=pytest.mark.slow)])
def test_few_false_alarms_in_clean_benchmarks(seeds: int) -> None:
    """At most one in twenty for any check, and for all hard checks together in one benchmark.

    A warning says that it cannot tell, and is not an alarm.
    """
    alarms: Counter[str] = Counter()
    stopped = 0
    checks = {name: load(name) for name in CHECKS}
    for seed in range(seeds):
        clean = audit_table(seed)
        failed = [n for n, check in checks.items() if check(clean, Marks()).outcome == FAIL]
        stopped += any(checks[n].hard for n in failed)
        alarms.update(failed)
    assert all(n <= seeds * 0.05 for n in alarms.values()), alarms
    assert stopped <= seeds * 0.05, alarms


def test_a_weak_flaw_in_few_questions_is_neither_failed_nor_passed() -> None:
    """With 300 questions a guesser's advantage cannot be distinguished from luck, and the verdict says so."""
    small = audit_table(2, Flaws(longest=0.02), items=300, patients=150)
    found = verdict("option-length", small)
    assert found.outcome == WARN
    assert "too few to tell" in found.says and "300 questions of" in found.says


def test_what_saw_nothing_is_not_run() -> None:
    for found in audit(AuditTable([], 1), Marks()).verdicts:
        assert found.outcome == NOT_RUN, found.check
        assert found.says
        assert found.n == 0


def test_what_is_not_known_is_not_run_and_reported() -> None:
    bare = [
        AuditRow(**{f: getattr(row, f) for f in AuditRow.__dataclass_fields__ if AuditRow.__dataclass_fields__[f].default is not None})
        for row in audit_table(1).rows
    ]  # fmt: skip
    found = audit(AuditTable(bare, 1), Marks())
    gone = {v.check for v in found.verdicts if v.outcome == NOT_RUN}
    assert {"region-overlap", "near-duplicates", "group-overlap", "picture-sound"} <= gone
    assert found.of("region-overlap").says == "unknown here: other labels in the picture"
    assert found.of("key-offered").outcome == PASS


def test_the_published_rule_is_measured_beside() -> None:
    uniform = flawed(long_tail=True)
    matched = audit_table(1)
    with_both = AuditTable(matched.rows, 1, matched.knowledge, published=uniform)
    beside = verdict("published-rule", with_both)
    assert beside.outcome == INFO
    assert beside.value == verdict("prior-attack", uniform).value
    assert "would give a guesser" in beside.says
