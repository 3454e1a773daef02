"""Copies of pictures and people: on one side, counted once, left out where they are known."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import pyarrow as pa
import pytest

from benchsmith.core.model import Choice, Rejection
from benchsmith.documents.benchmark import Near, Quota, Split
from benchsmith.imaging import appearance
from benchsmith.selectors import near_copies
from benchsmith.selectors.alike_across import alike_across
from benchsmith.selectors.candidate_files import from_rows
from benchsmith.selectors.known_copies import KnownPicture
from benchsmith.stages.select import select
from benchsmith.tables import record_tables
from tests.conftest import Project
from tests.light_builds import exporting
from tests.made_targets import BENCHMARK, chosen_and_left, splits_of
from tests.pictures import CHANGES, picture, sample_of, target
from tests.unaudited import unaudited


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
    assert together(chosen) == {"abdomen/" + p: [f"abdomen/{p}", f"new/{p}"] for p in "abcd"}
    assert all(len(s) == 1 for s in splits_of(chosen, "cluster").values())
    same = [replace(s, sha256="one file") if s.key in ("a", "b") else s for s in samples]
    chosen, _ = chosen_and_left(targets, same, **halves)
    four = ["abdomen/a", "abdomen/b", "new/a", "new/b"]
    assert together(chosen)["abdomen/a"] == four
    # nothing can be asked about the second name, and it tells of a person all the same
    empty = [replace(samples[n], id=f"abdomen/{n}", sha256="x") for n in (0, 5)]
    chosen, _ = chosen_and_left(targets, [*samples, *empty], **halves)
    assert len(together(chosen)["abdomen/a"]) == 2
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


def together(chosen: list[Choice]) -> dict[str, list[str]]:
    """Return the patients of each cluster, by the first of them."""
    people: dict[str, set[str]] = {}
    for c in chosen:
        people.setdefault(c.cluster, set()).add(c.patient)
    return {min(own): sorted(own) for own in people.values()}


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


def test_a_build_leaves_out_copies_of_known_pictures(copy: Project) -> None:
    """Folders are named in the benchmark; a file in them that is not a picture is named."""
    project = exporting(copy, more="contamination: [known]\n")
    known = project.folder / "known"
    known.mkdir()
    pictures = project.folder / "raw_sources/skin/data/pictures"
    image = cv2.imread(str(pictures / "p0.jpg"), cv2.IMREAD_UNCHANGED)
    cv2.imwrite(str(known / "seen.png"), image[:, ::-1])
    (known / "notes.txt").write_text("no picture")
    path = project.folder / "benchmarks/small.yaml"
    with unaudited():
        project.run("build", "small", "--workers", "1")
    said = project.run("explain", "skin/p0")
    assert "copy of one that models may have been trained on: of known/seen.png" in said
    latest = json.loads((project.folder / "output/small/latest.json").read_text())
    stage = project.folder / "output/small/stages/select" / latest["select"]["all"]
    manifest = json.loads((stage / "manifest.json").read_text())
    assert manifest["known"] == {"pictures": 1, "unread": ["known/notes.txt: format-unknown"]}
    assert manifest["no_patient"] == ["abdomen", "cells"]
    path.write_text(path.read_text().replace("[known]", "[knowm]"))
    said = project.run("check", "small", code=2)
    line = len(path.read_text().splitlines())
    assert f"benchmarks/small.yaml:{line}: there is no folder 'knowm'" in said
