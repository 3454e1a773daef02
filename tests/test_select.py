"""The choice of questions: its laws, and what is left out with a reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchsmith.core.reasons import REASONS
from benchsmith.documents.benchmark import Quota, Split
from benchsmith.documents.problems import DocumentError
from benchsmith.selectors.candidate_files import from_rows
from benchsmith.stages.select import select
from tests.made_targets import BENCHMARK, chosen_and_left, made, splits_of
from tests.pictures import picture, sample_of, target

ROWS = st.lists(
    st.tuples(
        st.sampled_from(["liver", "spleen", "kidney"]),
        st.integers(0, 7),
        st.integers(0, 3),
        st.sampled_from(["abdomen", "other"]),
    ),
    min_size=1,
    max_size=60,
    unique=True,
)


@settings(max_examples=60, deadline=None)
@given(
    rows=ROWS,
    per_answer=st.integers(1, 12),
    per_volume=st.integers(1, 4),
    per_patient=st.integers(1, 4),
    data=st.data(),
)
def test_selection_keeps_its_laws(
    rows: list[tuple[str, int, int, str]],
    per_answer: int,
    per_volume: int,
    per_patient: int,
    data: st.DataObject,
) -> None:
    """Quotas, patients on one side, nothing lost, and no dependence on the input's order."""
    targets = made(rows)
    now: dict[str, Any] = {
        "quota": Quota(per_answer=per_answer, per_volume=per_volume, per_patient=per_patient),
        "split": Split(val=1, test=2),
    }
    chosen, left = chosen_and_left(targets, **now)
    ids = [c.id for c in chosen] + [r.subject for r in left]
    assert sorted(ids) == sorted(t.id for t in targets)
    assert {r.reason for r in left} <= set(REASONS)
    assert all(len(s) == 1 for s in splits_of(chosen, "patient").values())
    for (_, split), n in Counter((c.label, c.split) for c in chosen).items():
        assert n <= round(per_answer * (1 if split == "val" else 2) / 3)
    assert max(Counter((c.label, c.sample) for c in chosen).values(), default=0) <= per_volume
    assert max(Counter((c.label, c.patient) for c in chosen).values(), default=0) <= per_patient
    assert chosen_and_left(data.draw(st.permutations(targets)), **now) == (chosen, left)


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, small=st.integers(1, 10), more=st.integers(0, 10))
def test_a_smaller_quota_s_choice_is_inside_a_larger_one_s(
    rows: list[tuple[str, int, int, str]], small: int, more: int
) -> None:
    """It holds for `quota.per_answer`; sides do not depend on it."""
    targets = made(rows)
    less, _ = chosen_and_left(targets, quota=Quota(per_answer=small))
    larger, _ = chosen_and_left(targets, quota=Quota(per_answer=small + more))
    assert {(c.id, c.split) for c in less} <= {(c.id, c.split) for c in larger}


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, count=st.integers(1, 20))
def test_another_source_changes_no_choice_of_labels_it_does_not_have(
    rows: list[tuple[str, int, int, str]], count: int
) -> None:
    targets = made(rows)
    before, _ = chosen_and_left(targets)
    new = [
        target(None, source="new", label="rib", task="bones", patient=f"p{n}") for n in range(count)
    ]
    after, _ = chosen_and_left([*new, *targets])
    assert [c for c in after if c.source != "new"] == before
    assert any(c.source == "new" for c in after)


def test_an_answer_of_one_patient_does_not_keep_its_modality_out_of_val() -> None:
    """No answer can be shared out between these patients, their modality can."""
    targets = [target(None, label=f"l{n}", patient=f"p{n}") for n in range(5)]
    chosen, _ = chosen_and_left(targets, split=Split(val=5, test=5))
    splits = Counter(c.split for c in chosen)
    assert abs(splits["val"] - splits["test"]) <= 1


def test_an_answer_that_two_patients_show_is_on_both_sides() -> None:
    targets = [target(None, label=f"l{n}", patient=f"p{n}.{p}") for n in range(6) for p in range(2)]
    chosen, _ = chosen_and_left(targets)
    assert all(s == {"val", "test"} for s in splits_of(chosen, "label").values())


def test_every_source_is_there_however_small() -> None:
    """1,000 candidates of one source and 20 of another: half is of the small one while it lasts."""
    targets = [target(None, source="large", patient=f"p{n}") for n in range(1000)]
    targets += [target(None, source="small", patient=f"p{n}") for n in range(20)]
    chosen, _ = chosen_and_left(targets)
    assert len(chosen) == 30
    assert Counter(c.source for c in chosen)["small"] in (14, 15, 16)


def test_no_source_of_three_gives_more_than_its_share() -> None:
    """A large one may not fill up what two small ones leave; of two it may."""
    targets = [target(None, source="large", patient=f"p{n}") for n in range(100)]
    targets += [target(None, source=s, patient=f"p{n}") for s in ("a", "b") for n in range(3)]
    quota = Quota(per_answer=30, source_share=0.4)
    chosen, left = chosen_and_left(targets, quota=quota, split=Split(val=0, test=1))
    assert Counter(c.source for c in chosen) == {"large": 12, "a": 3, "b": 3}
    assert {r.reason for r in left} == {"over-source-share"}
    assert {r.detail for r in left} == {"at most 12 of a source"}
    two = [t for t in targets if t.source != "b"]
    chosen, _ = chosen_and_left(two, quota=quota, split=Split(val=0, test=1))
    assert Counter(c.source for c in chosen) == {"large": 27, "a": 3}


def test_people_of_all_kinds_are_there() -> None:
    """Nine of ten patients are men of one site; the choice takes turns between the kinds."""
    targets = [target(None, patient=f"p{n:03}") for n in range(300)]
    samples = [
        sample_of(
            t,
            sex="female" if n % 10 == 0 else "Male",
            age="034Y" if n % 10 < 5 else "71",
            site="a" if n % 20 else "b",
        )
        for n, t in enumerate(targets)
    ]
    # all are on the shortlist: of one of 150, some kind may have fewer than are wanted
    everyone = Quota(shortlist=len(targets))
    chosen, _ = chosen_and_left(targets, samples, split=Split(val=0, test=1), quota=everyone)
    about = {s.id: s for s in samples}
    kinds = Counter(
        (about[c.sample].sex, about[c.sample].age, about[c.sample].site) for c in chosen
    )
    assert max(kinds.values()) - min(kinds.values()) <= 1
    assert len(kinds) == len({(s.sex, s.age, s.site) for s in samples})


def test_slices_of_one_volume_lie_apart() -> None:
    """1 mm slices: 20 mm or a tenth of a stack of 100, whichever is less."""
    targets = [target(None, axis="axial", index=n) for n in range(0, 40, 2)]
    samples = [sample_of(targets[0])]
    quota = Quota(per_answer=30, per_volume=30, per_patient=30)
    chosen, left = chosen_and_left(targets, samples, quota=quota, split=Split(val=0, test=1))
    places = sorted(c.index for c in chosen)
    assert 10 <= min(b - a for a, b in pairwise(places)) < 20
    assert {r.reason for r in left} == {"slice-near"}
    wide = [replace(samples[0], spacing_mm=(5.0, 1.0, 1.0))]
    chosen, _ = chosen_and_left(targets, wide, quota=quota, split=Split(val=0, test=1))
    places = sorted(c.index for c in chosen)
    assert 4 <= min(b - a for a, b in pairwise(places)) < 10
    both, _ = chosen_and_left(
        [target(None, axis=a, index=5) for a in ("axial", "coronal")], samples, quota=quota
    )
    assert len(both) == 2, "slices of two axes are not near each other"


def test_a_source_s_own_split_is_ignored_respected_or_kept_out() -> None:
    targets = [target(None, patient=f"p{n:02}") for n in range(30)]
    words = {0: "Training", 1: "test", 2: "validation"}
    samples = [sample_of(t, official=words[n % 3]) for n, t in enumerate(targets)]
    said = {t.id: words[n % 3] for n, t in enumerate(targets)}
    quota = Quota(per_answer=60)
    respected, _ = chosen_and_left(
        targets, samples, quota=quota, split=Split(official="respect", val=1, test=1)
    )
    assert {(said[c.id], c.split) for c in respected} == {
        ("Training", "val"),
        ("validation", "val"),
        ("test", "test"),
    }
    # p00 has a training picture, and a second one that the source does not speak of
    more = target(None, patient="p00", sample="p00b")
    chosen, left = chosen_and_left(
        [*targets, more],
        [*samples, sample_of(more)],
        quota=quota,
        split=Split(official="exclude-train"),
    )
    assert {said[c.id] for c in chosen} == {"test", "validation"}
    assert {r.reason for r in left} == {"official-train"}
    assert more.id in {r.subject for r in left}
    # of p30 the source states no part, though it does of others: it may be of the training part
    silent = target(None, patient="p30")
    every = [*targets, silent], [*samples, sample_of(silent)]
    chosen, left = chosen_and_left(*every, quota=quota, split=Split(official="exclude-train"))
    assert silent.id not in {c.id for c in chosen}
    assert [r.reason for r in left if r.subject == silent.id] == ["official-unstated"]
    respected, _ = chosen_and_left(
        *every, quota=quota, split=Split(official="respect", val=1, test=1)
    )
    assert {c.split for c in respected if c.id == silent.id} == {"val"}
    # a second picture of somebody whose part is stated is in that part
    known = target(None, patient="p01", sample="p01b")
    chosen, _ = chosen_and_left(
        [*targets, known],
        [*samples, sample_of(known)],
        quota=quota,
        split=Split(official="exclude-train"),
    )
    assert known.id in {c.id for c in chosen}
    # a source that states no part at all has no split
    chosen, left = chosen_and_left(
        targets, [sample_of(t) for t in targets], split=Split(official="exclude-train")
    )
    assert chosen and not left
    ignored, _ = chosen_and_left(targets, samples, quota=quota)
    assert len({(said[c.id], c.split) for c in ignored}) > 3


def test_a_part_that_is_not_understood_stops_the_use_of_a_source_s_own_split() -> None:
    targets = [target(None, patient=f"p{n}") for n in range(4)]
    words = ["1", "Training", "0", "train or test"]
    samples = [sample_of(t, official=word) for t, word in zip(targets, words, strict=True)]
    for official in ("exclude-train", "respect"):
        with pytest.raises(DocumentError, match=r"is '0', '1', 'train or test', which is none of"):
            chosen_and_left(targets, samples, split=Split.model_validate({"official": official}))
    assert len(chosen_and_left(targets, samples)[0]) == 4, "an ignored split may say anything"


def test_more_candidates_than_are_looked_at_are_listed() -> None:
    targets = [target(None, patient=f"p{n}", modality=m) for n in range(40) for m in ("ct", "mri")]
    targets = [replace(t, id=f"{t.id}{t.modality}") for t in targets]
    chosen, left = chosen_and_left(targets, quota=Quota(per_answer=12, shortlist=10))
    reasons = Counter(r.reason for r in left)
    assert reasons["not-shortlisted"] == 60
    assert len(chosen) == 12


def test_a_cap_lets_no_label_be_the_answer_too_often() -> None:
    counts = {"liver": 30, "spleen": 6, "kidney": 6, "rib": 6}
    targets = [
        target(None, label=label, patient=f"{label}{n}")
        for label, k in counts.items()
        for n in range(k)
    ]
    plain: dict[str, Any] = {"split": Split(val=0, test=1)}
    chosen, _ = chosen_and_left(targets, **plain)
    assert Counter(c.label for c in chosen) == counts
    capped, left = chosen_and_left(targets, quota=Quota(balance="cap"), **plain)
    assert Counter(c.label for c in capped) == dict.fromkeys(counts, 6)
    assert {c.id for c in capped} <= {c.id for c in chosen}
    assert Counter(r.reason for r in left) == {"over-balance": 24}


def test_the_choice_covers_its_candidates_better_than_chance() -> None:
    """Twelve kinds of picture, of which most are of one kind: nearly every kind is chosen."""
    base = {k: picture("kind", k) for k in range(12)}
    targets, kind = [], {}
    for n in range(120):
        k = 0 if n < 98 else 1 + (n % 11)
        mixed = (0.75 * base[k] + 0.25 * picture("own", n)).astype("uint8")
        one = target(mixed, patient=f"p{n:03}")
        kind[one.id] = k
        targets.append(one)
    quota = Quota(per_answer=14)
    benchmark = BENCHMARK.model_copy(update={"quota": quota, "split": Split(val=0, test=1)})
    found = select(from_rows(targets), benchmark)
    chosen = found.chosen["id"].to_pylist()
    assert len(chosen) == 14
    assert len({kind[c] for c in chosen}) >= 11
    assert found.notes["coverage"]["mean_percentile"] >= 90
