"""Each check catches its flaw by name, and reports none where there is none."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from dataclasses import replace
from io import BytesIO
from itertools import product
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pyarrow as pa
import pyarrow.parquet as pq
import pydicom
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from pydicom.data import get_testdata_file

from benchsmith.audits import mark_colour
from benchsmith.audits.audit import audit, load, reasons
from benchsmith.audits.audit_row import AuditRow, LabelKnowledge
from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.balance import gini
from benchsmith.audits.form import META
from benchsmith.audits.mark_looks import mark_of
from benchsmith.audits.option_style import pairwise_wins
from benchsmith.audits.power import smallest_difference
from benchsmith.audits.registry import CHECKS
from benchsmith.audits.relatedness import alike
from benchsmith.audits.word_folding import folded
from benchsmith.core.verdicts import FAIL, INFO, NOT_RUN, PASS, WARN, Verdict, as_json, from_json
from benchsmith.documents.benchmark import Benchmark, Cleared, Marks, Near, Waiver
from benchsmith.statistics import association, clustered, intervals, resampling
from benchsmith.text.normal_form import normal
from tests.audit_tables import Flaws, audit_table
from tests.conftest import PROJECT, Project

TREE = PROJECT.parent / "shared/facts/gmai_lexical_tree.json"
UNPAIRED = {name for name in CHECKS if not load(name).paired}
"""The checks of a benchmark without counterfactuals."""
SPLIT = ("ffff0000ffff0000", "ffff0000ffff0001")


def flawed(**flaws: Any) -> AuditTable:
    return audit_table(1, Flaws(**flaws))


def verdict(name: str, questions: AuditTable, marks: Marks | None = None) -> Verdict:
    return audit(questions, marks or Marks(), [name]).of(name)


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
    from benchsmith.audits import context_gain
    from benchsmith.statistics.intervals import Interval

    small = audit_table(1, items=300, patients=150)
    monkeypatch.setattr(context_gain, "rate", lambda *_: Interval(0.05, 0.03, 0.07))
    found = verdict("row-order", small)
    assert found.outcome == WARN and "some random orders give as much" in found.says


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

    A warning says that it cannot tell, and is no alarm.
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
    """With 300 questions a guesser's edge cannot be told from luck: it is said so."""
    small = audit_table(2, Flaws(longest=0.02), items=300, patients=150)
    found = verdict("option-length", small)
    assert found.outcome == WARN
    assert "too few to tell" in found.says and "300 questions of" in found.says


def test_what_saw_nothing_is_not_run() -> None:
    for found in audit(AuditTable([], 1), Marks()).verdicts:
        assert found.outcome == NOT_RUN, found.check
        assert found.says
        assert found.n == 0


def test_what_is_not_known_is_not_run_and_said() -> None:
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


# Signatures and what stops publication.


def test_a_signed_failure_warns_and_names_who() -> None:
    waiver = Waiver(check="meta-options", who="dr-a", why="the scale has an `unknown`")
    found = audit(flawed(meta=1), Marks(waive=(waiver,)), ["meta-options"])
    one = found.of("meta-options")
    assert one.outcome == WARN and one.waived_by == "dr-a"
    assert "the scale has an `unknown`" in one.says
    assert not reasons(found)


def test_a_waiver_of_what_passes_changes_nothing() -> None:
    waiver = Waiver(check="meta-options", who="dr-a", why="just in case")
    one = verdict("meta-options", audit_table(1), Marks(waive=(waiver,)))
    assert one.outcome == PASS and not one.waived_by


def test_a_cleared_pair_is_offered() -> None:
    questions = flawed(synonym=True)
    names = {
        t: label for row in questions.rows for label, t in zip(row.labels, row.options, strict=True)
    }
    pair = Cleared(
        a=names["lung calcification"], b=names["pulmonary calcification"], who="dr-a", why="two"
    )
    assert verdict("related-options", questions, Marks(cleared=(pair,))).outcome == PASS


def test_only_hard_failures_stop_and_say_what_to_do() -> None:
    found = audit(flawed(meta=1), Marks(), ["meta-options", "region-size"])
    assert [v.check for v in found.stops()] == ["meta-options"]
    said = "\n".join(reasons(found))
    assert (
        "meta-options: Is every option free of" in said and "what to do: Drop such labels" in said
    )
    soft = audit(flawed(tiny=1), Marks(), ["region-size"])
    assert soft.of("region-size").outcome == FAIL and not soft.stops()


def test_verdicts_survive_json() -> None:
    found = audit(flawed(meta=1), Marks())
    text = json.dumps(as_json(found, {"benchmark": "made up"}))
    assert from_json(json.loads(text)) == found
    assert json.loads(text)["publishable"] is False


def test_remedies_name_keys_that_exist() -> None:
    """A key in a remedy or a formula, such as `near.modalities`, is one of the benchmark file."""
    sections = {name: field.annotation for name, field in Benchmark.model_fields.items()}
    named = set()
    for name in CHECKS:
        text = f"{load(name).remedy} {load(name).formula}"
        for section, key in re.findall(r"\b([a-z]+)\.([a-z_]+)\b(?!\.)", text):
            if section in sections and key not in ("tsv", "yaml"):
                named.add((section, key))
    assert ("near", "modalities") in named and ("options", "draw") in named
    for section, key in named:
        assert key in sections[section].model_fields, f"{section}.{key}"  # type: ignore[union-attr]


def test_every_check_has_its_words() -> None:
    sections = [load(name).section for name in CHECKS]
    letters = "ABCDEFGHMP"
    assert [letters.index(s[0]) for s in sections] == sorted(letters.index(s[0]) for s in sections)
    for name in CHECKS:
        one = load(name)
        assert one.asks.endswith("?") and one.formula and one.remedy.endswith("."), name


def test_the_order_of_columns_and_labels_names_decide_nothing() -> None:
    """The same table under other ids of labels gives the same figures."""
    questions = audit_table(5, Flaws(long_tail=True))
    renamed = [
        replace(r, labels=tuple(f"x{label[::-1]}" for label in r.labels), label=f"x{r.label[::-1]}")
        for r in questions.rows
    ]
    for name in ("prior-attack", "row-order", "positions", "count-independence"):
        one, other = verdict(name, questions), verdict(name, AuditTable(renamed, 5))
        assert one.outcome == other.outcome
        assert one.value == pytest.approx(other.value, abs=0.01)


# The arithmetic, against other libraries and by hand.


@given(st.lists(st.integers(1, 60), min_size=2, max_size=6))
def test_chi_square_is_scipy_s(counts: list[int]) -> None:
    seen = np.array(counts, float)
    ours = association.chi_square(seen, np.full(len(seen), seen.mean()))
    theirs = scipy.stats.chisquare(seen)
    assert (ours.statistic, ours.p) == pytest.approx((theirs.statistic, theirs.pvalue))


@given(st.lists(st.lists(st.integers(1, 40), min_size=3, max_size=3), min_size=2, max_size=5))
def test_independence_is_scipy_s(rows: list[list[int]]) -> None:
    counts = np.array(rows, float)
    ours = association.independence(counts)
    theirs = scipy.stats.chi2_contingency(counts, correction=False)
    assert (ours.statistic, ours.freedom, ours.p) == pytest.approx(
        (theirs.statistic, theirs.dof, theirs.pvalue)
    )
    low, high = association.noncentral(ours)
    cdf = scipy.stats.ncx2.cdf
    assert low == 0 or cdf(ours.statistic, ours.freedom, low) == pytest.approx(0.975)
    assert high == 0 or cdf(ours.statistic, ours.freedom, high) == pytest.approx(0.025)


def test_bits_of_a_telling_column_by_hand() -> None:
    """A column that names one of two equally frequent answers holds one bit; a constant one none."""
    answers = np.array([0, 1] * 200)
    strata = np.zeros(400, np.int64)
    told, tested = association.bits(answers, answers, strata)
    assert told.value == pytest.approx(1.0, abs=0.01) and told.low < 1 < told.high + 0.2
    theirs = scipy.stats.chi2_contingency(
        association.contingency(answers, answers), correction=False, lambda_="log-likelihood"
    )
    assert tested.statistic == pytest.approx(theirs.statistic)
    assert association.bits(strata, answers, strata)[0].value == 0


def test_runs_by_hand() -> None:
    assert association.runs(np.array([0, 1] * 50)) < 1e-6
    assert association.runs(np.repeat([0, 1], 50)) < 1e-6
    # AABBA: 3 runs; all ten orders have a mean of 1 + 2 * 2 * 3 / 5 = 3.4 runs
    assert association.runs(np.array([0, 0, 1, 1, 0])) > 0.5


def test_wilson_is_scipy_s() -> None:
    for hits, n in ((0, 10), (3, 10), (50, 60), (999, 1000)):
        theirs = scipy.stats.binomtest(hits, n).proportion_ci(method="wilson")
        assert intervals.wilson(hits, n)[1:] == pytest.approx((theirs.low, theirs.high))


def test_clustered_error_by_hand() -> None:
    """Three patients with 2, 1 and 1 questions; mean 1/2, sums of deviations 1, -1/2, -1/2."""
    scores, patients = np.array([1.0, 1.0, 0.0, 0.0]), np.array([0, 0, 1, 2])
    left_out = (1.0 / (1 - 2 / 4), 0.5 / (1 - 1 / 4), 0.5 / (1 - 1 / 4))
    by_hand = sqrt(2 / 3 * sum(e**2 for e in left_out)) / 4
    assert clustered.clustered_se(scores, patients) == pytest.approx(by_hand)
    alone = clustered.clustered_se(scores, np.arange(4))
    assert alone == pytest.approx(scores.std(ddof=1) / sqrt(4))


def test_the_bootstrap_is_as_wide_as_the_clustered_error() -> None:
    of = np.repeat(np.arange(200), 5)
    per_patient = resampling.random_numbers(200, 1, "hits") % np.uint64(2)
    scores = per_patient[of].astype(float)
    found = clustered.bootstrapped(of, "patients", 1).interval(scores)
    error = clustered.clustered_se(scores, of)
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * error, rel=0.1)
    single = clustered.bootstrapped(np.arange(1000), "questions", 1).interval(scores)
    assert single.high - single.low < (found.high - found.low) / 1.8


def test_bulk_numbers_are_even_and_pinned() -> None:
    assert resampling.random_numbers(2, 7, "a", "b").tolist() == PINNED
    parts = np.bincount((resampling.random_numbers(80_000, 1, "even") % np.uint64(8)).astype(int))
    assert scipy.stats.chisquare(parts).pvalue > 0.001


PINNED = [7946588491584082148, 4729393845295260462]


@pytest.mark.parametrize(
    ("n", "points"), [(30, 28.0), (200, 10.8), (1_000, 4.8), (4_550, 2.3), (21_281, 1.1)]
)
def test_power_is_as_published(n: int, points: float) -> None:
    assert 100 * smallest_difference(np.ones(n)) == pytest.approx(points, abs=0.1)


def test_questions_of_one_patient_count_for_less() -> None:
    """Ten questions of each patient: a design effect of 1 + 9 x 0.2 = 2.8."""
    alone, together = smallest_difference(np.ones(1_000)), smallest_difference(np.full(100, 10.0))
    assert together / alone == pytest.approx(sqrt(2.8))


def test_pairs_won_by_hand() -> None:
    row = AuditRow(id="a", split="test", stem="s", question="?", options=("x", "yy", "yy", "z"),
              labels=("x", "y", "w", "z"), answers=(1,), pool="p", task="t", modality="m", view="image",
              label="y", source="s", target="t")  # fmt: skip
    one = AuditTable([row], 1)
    won, pairs = pairwise_wins(one, np.array([1.0, 2.0, 2.0, 1.0]))
    assert (won.tolist(), pairs.tolist()) == ([2.5], [3.0])
    assert one.expected_hits(np.array([1.0, 2.0, 2.0, 1.0])).tolist() == [0.5]
    assert one.chance.tolist() == [0.25]


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12))
def test_gini_is_the_mean_difference(counts: list[int]) -> None:
    values = np.array(counts, float)
    difference = np.abs(values[:, None] - values[None]).mean()
    expected = difference / (2 * values.mean()) if values.sum() else 0
    assert gini(values) == pytest.approx(expected)


@given(st.permutations(list(range(6))), st.integers(0, 5))
def test_chance_is_what_guessing_at_random_scores(order: list[int], answers: int) -> None:
    row = AuditRow(id="a", split="test", stem="s", question="?", options=tuple("abcdef"),
              labels=tuple("abcdef"), answers=tuple(order[: answers + 1]), pool="p", task="t",
              modality="m", view="image", label="a", source="s", target="t")  # fmt: skip
    one = AuditTable([row], 1)
    assert one.expected_hits(np.zeros(6)).tolist() == pytest.approx(one.chance.tolist())
    assert one.chance.tolist() == pytest.approx([(answers + 1) / 6])


# Pictures and names.


def grey(name: str) -> np.ndarray:
    """Return a real picture that pydicom carries, its grey levels from 0 to 255."""
    path = get_testdata_file(name, download=False)
    assert path is not None
    pixels = pydicom.dcmread(str(path)).pixel_array.astype(np.float64)
    low, high = np.percentile(pixels, (0.5, 99.5))
    return (np.clip((pixels - low) / (high - low), 0, 1) * 255).astype(np.uint8)


def png(pixels: np.ndarray) -> bytes:
    buffer = BytesIO()
    PIL.Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize("view", ["box", "mask", "contour"])
def test_the_colour_of_a_drawn_mark_is_measured(view: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the painter draws on a grey picture is one colour; another colour is seen as another."""
    from benchsmith.core.model import Box
    from benchsmith.imaging.rendering import marks

    plain = np.repeat(grey("CT_small.dcm")[..., None], 3, axis=2)
    mask = np.zeros(plain.shape[:2], bool)
    mask[40:70, 30:80] = True
    box = Box(x0=30, y0=40, x1=80, y1=70)
    usual = mark_of(png(marks.draw(plain, view, mask, box)))
    monkeypatch.setattr(marks, "COLOUR", (255, 30, 30))
    red = mark_of(png(marks.draw(plain, view, mask, box)))
    assert usual is not None and red is not None
    assert max(abs(a - b) for a, b in zip(usual.colour, red.colour, strict=True)) > 24
    monkeypatch.setattr(marks, "LINE_PX", marks.LINE_PX + 3)
    monkeypatch.setattr(marks, "EDGE_PX", marks.EDGE_PX + 3)
    thick = mark_of(png(marks.draw(plain, view, mask, box)))
    assert thick is not None
    assert (thick.thickness - usual.thickness > 1) == (view != "mask")
    assert mark_of(png(plain)) is None
    tinted = np.stack([plain[..., 0], plain[::-1, :, 0], plain[:, ::-1, 0]], axis=2)
    assert mark_of(png(tinted)) is None, "a picture in colours tells nothing of the mark"


@pytest.mark.parametrize("view", ["box", "mask", "contour"])
@pytest.mark.parametrize("cast", [(0, 0, 14), (9, 0, 0), (0, 0, 30)])
def test_a_faint_cast_of_one_picture_is_no_other_mark(
    view: str, cast: tuple[int, int, int]
) -> None:
    """Of forty grey pictures one is a bluish film: its marks have the colour of the others."""
    from benchsmith.core.model import Box
    from benchsmith.imaging.rendering import marks

    y, x = np.indices((120, 140))
    mask = np.zeros((120, 140), bool)
    mask[20:90, 20:110] = True
    found = []
    for number in (6, 7, 8):
        level = 20 + (x * (y + number)) % 141
        plain = np.stack([level + (c if number == 7 else 0) for c in cast], axis=2).astype(np.uint8)
        assert mark_of(png(plain)) is None
        drawn = marks.draw(plain, view, mask, Box(x0=20, y0=20, x1=110, y1=90))
        look = mark_of(png(drawn))
        assert look is not None
        found.append(look.colour)
    apart = [max(abs(a - b) for a, b in zip(one, found[0], strict=True)) for one in found]
    assert max(apart) <= mark_colour.COLOUR_TOLERANCE


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("lung calcification", "pulmonary calcification"),
        ("lung consolidation", "pulmonary consolidation"),
        ("COVID 19", "COVID 19 positive"),
        ("lung cancer", "lung tumor"),
        ("prostate cancer", "prostate tumor"),
        ("aorta", "ascending aorta"),
        ("pulmonary nodule", "diffuse pulmonary nodule"),
        ("high grade dysplasia", "high-grade dysplasia"),
        ("kidney", "Kidneys"),
        ("hemorrhage", "haemorrhage"),
    ],
)
def test_names_that_may_mean_one_thing(a: str, b: str) -> None:
    assert alike(a, b) and alike(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("liver", "spleen"),
        ("rib 4", "rib 5"),
        ("vertebra L1", "vertebra L2"),
        ("lobule VI of vermis", "lobule VII of vermis"),
        ("left lung", "right lung"),
        ("adenoma", "adenocarcinoma"),
        ("3", "4"),
    ],
)
def test_names_that_mean_two_things(a: str, b: str) -> None:
    assert not alike(a, b)


@pytest.mark.parametrize(
    "text",
    ["None of the above", "all of these", "both", "Unknown", "other", "not sure", "以上都不是"],
)
def test_remarks_are_no_options(text: str) -> None:
    assert META.search(normal(text))


@pytest.mark.parametrize(
    "text", ["mother cell", "both bones fracture", "no finding", "normal", "liver"]
)
def test_options_are_no_remarks(text: str) -> None:
    assert not META.search(normal(text))


def test_names_are_folded_but_signs_are_kept() -> None:
    assert folded("Kidneys") == folded("\uff2b\uff29\uff24\uff2e\uff25\uff39 ") and folded(
        "Biopsies"
    ) == folded("biopsy")
    assert folded("HER2+") != folded("HER2-") and folded("3+4") != folded("3, 4")


# The published tree.


def published(*levels: str) -> AuditTable:
    """Make a table of the published tree: in each pool every label beside every other.

    Pools are of a task and modality at each of some levels, or whatever the level without any.
    """
    tree = json.loads(TREE.read_text("utf-8"))["tree"]
    rows = []
    for view, (task, of_task) in product(levels or ("any",), tree["clinical-task"].items()):
        for modality, labels in (of_task if view == "any" else tree["granularity"][view]).items():
            pool = sorted(set(labels) & set(of_task.get(modality, ())))
            for i, label in enumerate(pool):
                others = [o for o in pool if o != label]
                rows.append(
                    AuditRow(id=f"{view}/{modality}/{task}/{i}", split="test", stem="s", question="What?",
                        options=(label, *others), labels=(label, *others), answers=(0,),
                        pool=f"{view}/{modality}/{task}", pool_size=len(others), task=task,
                        modality=modality, view=view, label=label, source="gmai", target=label)
                )  # fmt: skip
    return AuditTable(rows, 1, LabelKnowledge())


LOCAL = ("Box Level", "Contour Level", "Mask Level")


@pytest.mark.skipif(not TREE.is_file(), reason="needs the published tree")
@pytest.mark.parametrize(
    ("a", "b", "levels"),
    [
        ("lung calcification", "pulmonary calcification", ()),
        ("lung consolidation", "pulmonary consolidation", ()),
        ("covid 19", "covid 19 positive", ("Image Level",)),
        ("lung cancer", "lung tumor", LOCAL),
        ("prostate cancer", "prostate tumor", LOCAL),
        ("aorta", "ascending aorta", LOCAL),
        ("pulmonary nodule", "diffuse pulmonary nodule", LOCAL),
    ],
)
def test_synonyms_in_the_published_tree_are_reported(
    a: str, b: str, levels: tuple[str, ...]
) -> None:
    """Each pair stands in one pool there, where both can be offered."""
    tree = published(*levels)
    both = [row for row in tree.rows if {a, b} <= {label.casefold() for label in row.labels}]
    assert both, "they do not meet in the published tree"
    row = next(r for r in both if r.label.casefold() == a)
    found = load("related-options")(AuditTable([row], 1, LabelKnowledge()), Marks())
    assert found.outcome == FAIL
    assert any(f"{b!r} beside {a!r}" in o.why.casefold() for o in found.offenders)


@pytest.mark.skipif(not TREE.is_file(), reason="needs the published tree")
def test_the_published_tree_s_single_label_pools_are_reported() -> None:
    pools = load("pool-size")(published(*LOCAL), Marks())
    assert pools.outcome == FAIL
    assert pools.offending == 62
    assert "62 of 150 pools have a single label" in pools.says


# A whole build.


def test_a_build_stops_at_a_hard_failure_and_publishes_nothing(project: Project) -> None:
    """A label that is called `unknown` is a remark and no option."""
    labels = project.folder / "lexicon/tree/label.tsv"
    labels.write_text(labels.read_text().replace("\tnevus\tmole", "\tunknown\tmole"))
    said = project.run("build", "small", "--workers", "1", code=5)
    assert "meta-options: Is every option free of references to other options" in said
    assert "what to do: Drop such labels" in said
    assert "waive: [{check: meta-options" in said
    assert not project.release.exists()
    verdicts = json.loads((project.folder / "output/small/audit.json").read_text())
    assert verdicts["publishable"] is False
    assert {c["check"] for c in verdicts["checks"]} == UNPAIRED
    page = project.folder / "output/small/report.html"
    shown = page.read_text().partition('id="check-meta-options"')[2].partition('id="check-')[0]
    named = {
        o["id"] for c in verdicts["checks"] if c["check"] == "meta-options" for o in c["offenders"]
    }
    assert shown.count('<img src="data:image/jpeg') == 4 and any(id_ in shown for id_ in named)
    project.run("audit", "small", code=5)
    benchmark = project.folder / "benchmarks/small.yaml"
    signed = "    - {check: meta-options, who: dr-a, why: a name of the test}\n"
    benchmark.write_text(benchmark.read_text() + signed)
    project.run("build", "small", "--workers", "1")
    assert not page.exists(), "what was published has its own"
    told = project.run("audit", "small")
    assert "waived by dr-a: a name of the test" in " ".join(told.split())
    assert "dr-a" in (project.release / "report.html").read_text()


def test_a_signature_for_no_check_is_a_problem_of_the_document(project: Project) -> None:
    benchmark = project.folder / "benchmarks/small.yaml"
    more = (
        "    - {check: meta-option, who: dr-a, why: no}\n"
        "  cleared: [{a: liver, b: splen, who: dr-a, why: no}]\n"
    )
    benchmark.write_text(benchmark.read_text() + more)
    said = project.run("check", "small", code=2)
    line = benchmark.read_text().split("\n").index(more.split("\n", maxsplit=1)[0]) + 1
    assert f"small.yaml:{line}: unknown check 'meta-option'; did you mean meta-options" in said
    assert f"small.yaml:{line + 1}: unknown label 'splen'; did you mean spleen?" in said


def test_a_mark_of_the_benchmark_file_is_used(project: Project) -> None:
    benchmark = project.folder / "benchmarks/small.yaml"
    benchmark.write_text(benchmark.read_text() + "  smallest_px: 4000\n")
    project.run("build", "small", "--workers", "1")
    found = json.loads((project.release / "validity.json").read_text())
    assert found["marks"]["smallest_px"] == 4000
    checks = {c["check"]: c for c in found["checks"]}
    assert checks["region-size"]["outcome"] == FAIL
    assert "pixels as shown" in checks["region-size"]["offenders"][0]["why"]


def test_the_release_carries_its_verdicts_and_names_nobody(built: Project) -> None:
    found = json.loads((built.release / "validity.json").read_text())
    assert {c["check"] for c in found["checks"]} == UNPAIRED
    assert found["headline"]["questions"] == sum(
        json.loads((built.release / "manifest.json").read_text())["cases"].values()
    )
    text = (built.release / "validity.json").read_text()
    assert "person1" not in text and "abdomen/a" not in text


def test_the_page_shows_what_failed_first(built: Project) -> None:
    page = (built.release / "report.html").read_text()
    assert 'id="validity"' in page
    found = from_json(json.loads((built.release / "validity.json").read_text()))
    places = [page.index(f'id="check-{v.check}"') for v in found.by_severity()]
    assert places == sorted(places)
    for v in found.verdicts:
        assert v.check in page


def test_a_release_folder_alone_is_checked_with_the_same_result(built: Project) -> None:
    ours = json.loads(built.run("audit", "small", "--json"))
    alone = json.loads(built.run("audit", "output/small/release", "--json"))
    own = {c["check"]: c for c in ours["checks"]}
    theirs = {c["check"]: c for c in alone["checks"]}
    for name in (
        "positions",
        "prior-attack",
        "picture-sound",
        "power",
        "chance",
        "mark-visible",
        "repeats",
        "same-answer",
        "exclusive-labels",
        "region-overlap",
        "near-duplicates",
    ):
        assert theirs[name]["value"] == pytest.approx(own[name]["value"], abs=1e-6), name
        assert (theirs[name]["outcome"], theirs[name]["n"]) == (
            own[name]["outcome"],
            own[name]["n"],
        )
    # what a build alone knows: it can draw the options again
    assert {n for n, c in theirs.items() if c["outcome"] == NOT_RUN and own[n]["outcome"] != NOT_RUN
            } <= {"published-rule"}  # fmt: skip


def test_a_spoiled_release_folder_is_judged_by_name(built: Project, tmp_path: Path) -> None:
    """An answer that is no option or no letter, an empty picture, a file that cannot be read."""
    folder = tmp_path / "release"
    shutil.copytree(built.release, folder)
    file = max((folder / "data").glob("*.parquet"), key=lambda p: p.stat().st_size)
    table = pq.read_table(file)
    rows = table.to_pylist()
    rows[0]["answer"], rows[1]["answer"], rows[2]["answer"] = "K", "liver", ""
    rows[3]["image"]["bytes"], rows[4]["image"]["bytes"] = b"", b"no picture"
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), file)
    found = json.loads(built.run("audit", str(folder), "--json", code=5))
    checks = {c["check"]: c for c in found["checks"]}
    whys = {o["id"]: o["why"] for o in checks["key-offered"]["offenders"]}
    assert set(whys) == {r["id"] for r in rows[:3]}
    assert "the answer K is none of the" in whys[rows[0]["id"]]
    assert {o["id"] for o in checks["picture-sound"]["offenders"]} == {r["id"] for r in rows[3:5]}
    file.write_bytes(file.read_bytes()[:-200])
    assert f"{file.name}:1: cannot be read" in built.run("audit", str(folder), code=2)


def test_what_is_not_built_cannot_be_checked(project: Project) -> None:
    assert "run `benchsmith build small` first" in project.run("audit", "small", code=4)


def test_a_folder_that_is_no_release_is_said(project: Project) -> None:
    (project.folder / "other/data").mkdir(parents=True)
    assert "has no Parquet file; is it a release?" in project.run("audit", "other", code=2)
