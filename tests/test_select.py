"""Selection by its own door: quotas, sides, copies, spread; and the laws it keeps."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchsmith.core.model import Choice, Quality, Rejection, Sample, Target
from benchsmith.core.reasons import REASONS
from benchsmith.documents.benchmark import Benchmark, Near, Quota, Split
from benchsmith.imaging import appearance
from benchsmith.selectors import near_copies
from benchsmith.selectors.alike_across import alike_across
from benchsmith.selectors.candidate_files import from_rows
from benchsmith.selectors.known_copies import KnownPicture
from benchsmith.stages.select import select
from benchsmith.tables import record_tables
from tests.conftest import Project
from tests.pictures import CHANGES, picture, sample_of, target

BENCHMARK = Benchmark(title="t", description="d", seed=7, sources=("abdomen",))


def chosen_and_left(
    targets: Sequence[Target],
    samples: Sequence[Sample] = (),
    *,
    known: Sequence[KnownPicture] = (),
    spaces: dict[str, str] | None = None,
    **settings: Any,
) -> tuple[list[Choice], list[Rejection]]:
    benchmark = BENCHMARK.model_copy(update=settings)
    found = select(from_rows(targets, samples), benchmark, namespaces=spaces, known=known)
    left = [r for table in found.rejected for r in record_tables.from_table(table, Rejection)]
    return record_tables.from_table(found.chosen, Choice), left


def splits_of(chosen: Sequence[Choice], by: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for c in chosen:
        found[getattr(c, by)].add(c.split)
    return found


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


def made(rows: Sequence[tuple[str, int, int, str]]) -> list[Target]:
    return [
        target(None, label=label, patient=f"p{p}", sample=f"p{p}.{v}", source=source)
        for label, p, v, source in rows
    ]


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


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_copies_are_on_one_side_and_count_once(change: str) -> None:
    """Of sixty pictures every third lies in another source too, changed: no pair leaks."""
    original = [target(picture(n), patient=f"p{n}") for n in range(60)]
    copied = [
        target(CHANGES[change](picture(n)), source="copy", patient=f"c{n}") for n in range(0, 60, 3)
    ]
    chosen, left = chosen_and_left(
        [*original, *copied], quota=Quota(per_answer=200), split=Split(val=1, test=1)
    )
    found = {r.subject: r.detail for r in left}
    assert {r.reason for r in left} == {"near-duplicate"}
    assert len(chosen) == 60, "one of each pair remains, and no picture is taken for another's copy"
    for a, b in zip(original[::3], copied, strict=True):
        assert found.get(a.id) == f"of {b.id}" or found.get(b.id) == f"of {a.id}"
    # under another answer a copy may stay, but on its original's side
    other = [replace(c, label="spleen", id=f"{c.id}s") for c in copied]
    chosen, _ = chosen_and_left(
        [*original, *other], quota=Quota(per_answer=200), split=Split(val=1, test=1)
    )
    split = {c.id: c.split for c in chosen}
    assert set(split.values()) == {"val", "test"}
    for a, b in zip(original[::3], other, strict=True):
        assert split[a.id] == split[b.id]
    assert {c.cluster for c in chosen if c.id == other[0].id} == {"abdomen/p0"}


def test_where_all_pictures_are_alike_more_is_asked_of_a_copy() -> None:
    """Two eyes look alike; a picture that was cut, as alike, is a copy in other modalities."""
    plane = picture("a")
    planes = [plane, plane[len(plane) // 20 :]]  # 6 bits, and looks of 0.87
    for modality, split, kept in (("ct", 1, 1), ("fundus-photography", 2, 2)):
        targets = [target(p, patient=f"p{i}", modality=modality) for i, p in enumerate(planes)]
        # the second look sees the cut in every modality
        chosen, left = chosen_and_left(targets, near=Near(aligned=1))
        assert len({c.cluster for c in chosen}) == split and len(chosen) == kept
        assert Counter(r.reason for r in left) == ({"near-duplicate": 1} if kept == 1 else {})
    strict = {"near": Near(modalities={"ct": 0.99}, aligned=1)}
    targets = [target(p, patient=f"p{i}", modality="ct") for i, p in enumerate(planes)]
    assert len(chosen_and_left(targets, **strict)[0]) == 2


def test_slices_of_one_person_are_no_copies_of_each_other() -> None:
    """Two marks in one picture, and two slices of a volume, are governed by quotas alone."""
    plane = picture("one")
    marks = [target(plane, sample="v", id=f"abdomen/v#liver.{n}") for n in range(2)]
    chosen, left = chosen_and_left(marks, split=Split(val=0, test=1))
    assert (len(chosen), left) == (2, [])


def test_a_file_under_two_names_and_a_shared_space_of_names_keep_people_together() -> None:
    targets = [
        target(None, source=s, patient=p) for s in ("abdomen", "new") for p in ("a", "b", "c", "d")
    ]
    samples = [sample_of(t) for t in targets]
    halves: dict[str, Any] = {"split": Split(val=1, test=1), "quota": Quota(per_answer=60)}
    alone, _ = chosen_and_left(targets, samples, **halves)
    assert len({c.cluster for c in alone}) == 8
    chosen, _ = chosen_and_left(
        targets, samples, spaces={"abdomen": "same", "new": "same"}, **halves
    )
    assert sorted(c.cluster for c in chosen) == sorted(f"abdomen/{p}" for p in "abcd" * 2)
    assert all(len(s) == 1 for s in splits_of(chosen, "cluster").values())
    same = [replace(s, sha256="one file") if s.key in ("a", "b") else s for s in samples]
    chosen, _ = chosen_and_left(targets, same, **halves)
    assert Counter(c.cluster for c in chosen)["abdomen/a"] == 4
    # nothing can be asked about the second name, and it tells of a person all the same
    empty = [replace(samples[n], id=f"abdomen/{n}", sha256="x") for n in (0, 5)]
    chosen, _ = chosen_and_left(targets, [*samples, *empty], **halves)
    assert Counter(c.cluster for c in chosen)["abdomen/a"] == 2
    parts = [replace(s, sha256="one file", part=s.id) for s in samples]
    chosen, _ = chosen_and_left(targets, parts, **halves)
    assert len({c.cluster for c in chosen}) == 8, "parts of one file are not one picture"


def test_a_chain_of_likeness_is_taken_apart() -> None:
    """Pictures that change little from one to the next, seven times over; and one true copy."""
    ends = [picture("chain", n).astype(float) for n in range(8)]
    blends = [a * (1 - s / 6) + b * (s / 6) for a, b in pairwise(ends) for s in range(6)]
    targets = [target(b.astype("uint8"), patient=f"p{n:02}") for n, b in enumerate(blends)]
    twin = target(blends[7].astype("uint8"), source="copy", patient="p07")
    found = select(from_rows([*targets, twin]), BENCHMARK)
    assert found.notes["groups"]["chains_taken_apart"] == 1
    assert found.notes["groups"]["count"] > 10
    kept = set(found.chosen["id"].to_pylist())
    assert len(kept & {targets[7].id, twin.id}) <= 1
    chosen = record_tables.from_table(found.chosen, Choice)
    sides = splits_of(chosen, "cluster")
    assert all(len(s) == 1 for s in sides.values())
    assert not copies_across(chosen), "the audit would find what the groups let go"
    left = [r for table in found.rejected for r in record_tables.from_table(table, Rejection)]
    assert any(r.reason == "copy-across-splits" and r.detail.startswith("of ") for r in left)


def copies_across(chosen: list[Choice]) -> int:
    """Return how many pairs of chosen pictures the audit's rule calls copies across the splits."""
    sides = [[c for c in chosen if c.split == split] for split in ("val", "test")]
    assert all(sides)
    seen = [
        near_copies.pictures(
            pa.array([c.phash for c in side]),
            pa.array([c.mirrors for c in side]),
            pa.array([c.look for c in side]),
        )
        for side in sides
    ]
    names = [[c.modality for c in side] for side in sides]
    return len(alike_across(seen[0], seen[1], BENCHMARK.near, (names[0], names[1])).a)


def test_a_cropped_copy_of_another_patient_is_never_in_the_other_split() -> None:
    """Hashes do not find it, so its patients are two; the second look leaves one of them out."""
    planes = [picture("own", n) for n in range(16)]
    crops = [np.ascontiguousarray(p[6:-6, 6:-6]) for p in planes]
    darker = [np.rint((c / 255) ** 1.4 * 255).astype(np.uint8) for c in crops]
    targets = [target(p, patient=f"p{n}") for n, p in enumerate(planes)]
    targets += [target(p, source="again", patient=f"q{n}") for n, p in enumerate(darker)]
    chosen, left = chosen_and_left(targets, split=Split(val=15, test=15))
    lost = [r for r in left if r.reason == "copy-across-splits"]
    assert lost and not copies_across(chosen)
    for one in lost:
        twin = one.detail.removeprefix("of ")
        assert twin in {c.id for c in chosen}, "one of the two stays"


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
    chosen, _ = chosen_and_left(targets, samples, split=Split(val=0, test=1))
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


@pytest.mark.parametrize(
    ("figures", "more", "reason"),
    [
        ({"dark": 0.99}, {}, "picture-dark"),
        ({"bright": 0.95}, {}, "picture-bright"),
        ({"middle": 0.01}, {}, "picture-two-valued"),
        ({"side": 7 / 512}, {}, "region-tiny"),
        ({"aspect": 0.5}, {"share": 0.0007}, "region-tiny"),
        ({"cut": 0.3}, {}, "region-clipped"),
        ({"whole": 0.4}, {}, "region-scattered"),
        ({"empty": 0.2}, {}, "region-off"),
    ],
)
def test_poor_pictures_are_left_out_each_with_its_reason(
    figures: dict[str, float], more: dict[str, Any], reason: str
) -> None:
    good = target(None, kind="region", share=0.1)
    poor = replace(good, id=f"{good.id}2", seen=replace(Quality(contrast=2.0), **figures), **more)
    chosen, left = chosen_and_left([good, poor])
    assert [(c.id) for c in chosen] == [good.id]
    assert [(r.subject, r.reason) for r in left] == [(poor.id, reason)]


def test_a_faint_region_is_left_out_where_contrast_is_asked_for() -> None:
    faint = target(None, kind="region", seen=Quality(contrast=0.1))
    assert chosen_and_left([faint])[1] == []
    quality = BENCHMARK.quality.model_copy(update={"min_contrast": 0.3})
    assert [r.reason for r in chosen_and_left([faint], quality=quality)[1]] == ["region-faint"]
    divided = quality.model_copy(update={"edgeless": (faint.task,), "min_whole_edgeless": 0.9})
    assert chosen_and_left([faint], quality=divided)[1] == [], "a part of one tissue has no edge"
    pieces = replace(faint, seen=Quality(contrast=2.0, whole=0.8))
    assert chosen_and_left([pieces], quality=quality)[1] == []
    assert [r.reason for r in chosen_and_left([pieces], quality=divided)[1]] == ["region-scattered"]


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
    ignored, _ = chosen_and_left(targets, samples, quota=quota)
    assert len({(said[c.id], c.split) for c in ignored}) > 3


def test_copies_of_known_pictures_are_left_out_by_name() -> None:
    targets = [target(picture(n), patient=f"p{n}") for n in range(12)]
    known = [
        KnownPicture(
            f"train/{n}.jpg",
            *appearance.describe(CHANGES["flipped"](CHANGES["jpeg"](picture(n))))[:3],
        )
        for n in (3, 7, 99)
    ]
    chosen, left = chosen_and_left(targets, known=known)
    assert {(r.subject, r.reason, r.detail) for r in left} == {
        (targets[n].id, "contaminated", f"of train/{n}.jpg") for n in (3, 7)
    }
    assert len(chosen) == 10


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


def test_a_build_leaves_out_copies_of_known_pictures(project: Project) -> None:
    """Folders are named in the benchmark; a file in them that is no picture is named."""
    known = project.folder / "known"
    known.mkdir()
    pictures = project.folder / "raw_sources/skin/data/pictures"
    image = cv2.imread(str(pictures / "p0.jpg"), cv2.IMREAD_UNCHANGED)
    cv2.imwrite(str(known / "seen.png"), image[:, ::-1])
    (known / "notes.txt").write_text("no picture")
    path = project.folder / "benchmarks/small.yaml"
    path.write_text(path.read_text() + "contamination: [known]\n")
    project.run("build", "small", "--workers", "1")
    said = project.run("explain", "skin/p0")
    assert "copy of one that models may have been trained on. of known/seen.png" in said
    latest = json.loads((project.folder / "output/small/latest.json").read_text())
    stage = project.folder / "output/small/stages/select" / latest["select"]["all"]
    manifest = json.loads((stage / "manifest.json").read_text())
    assert manifest["known"] == {"pictures": 1, "unread": ["known/notes.txt: format-unknown"]}
    assert manifest["no_patient"] == ["abdomen", "cells"]
    path.write_text(path.read_text().replace("[known]", "[knowm]"))
    said = project.run("check", "small", code=2)
    line = len(path.read_text().splitlines())
    assert f"benchmarks/small.yaml:{line}: there is no folder 'knowm'" in said
