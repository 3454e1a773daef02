"""Copies that differ in pixels, or lie in two sources, with labels that contradict each other or agree."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchsmith.core.absent_labels import Searched
from benchsmith.documents.library import Library
from benchsmith.imaging.matched_pictures import likeness, thumbnail
from benchsmith.selectors.contradicting_looks import MIN_LIKENESS
from tests.copied_pictures import Pictures, cut, cut_and_mirrored, framed, library
from tests.pictures import CHANGES, picture

__all__ = ["library"]
EVERY = {**CHANGES, "cut": cut, "framed": framed, "cut_and_mirrored": cut_and_mirrored}


@pytest.fixture(scope="module")
def others(library: Library) -> Pictures:
    """Twelve pictures in each of two sources, each with one of two labels, and none like another."""
    pictures = Pictures(library)
    for source in ("abdomen", "other"):
        for n in range(12):
            label = ("liver", "spleen")[n % 2]
            pictures.add(picture(source, n), f"p{n}", label, source=source)
    return pictures


@pytest.fixture
def world(others: Pictures) -> Pictures:
    return others.copy()


@pytest.mark.parametrize("source", ["abdomen", "other"])
@pytest.mark.parametrize("change", sorted(EVERY))
def test_copies_with_other_labels_are_not_asked(world: Pictures, change: str, source: str) -> None:
    (one,) = world.add(picture("twice"), "one", "liver")
    (two,) = world.add(EVERY[change](picture("twice")), "two", "spleen", source=source)
    chosen, left = world.choose()
    assert {c.id for c in chosen} == {t.id for t in world.targets} - {one.id, two.id}
    assert {id_: r.reason for id_, r in left.items()} == dict.fromkeys(
        (one.id, two.id), "copies-contradict"
    )
    names = sorted(t.sample for t in (one, two))
    for id_ in (one.id, two.id):
        said = left[id_].detail
        assert all(name in said for name in names) and "'liver'" in said and "'spleen'" in said
    assert len(world.opened) == 1, "no other picture was opened"


@pytest.mark.parametrize("source", ["abdomen", "other"])
@pytest.mark.parametrize("change", sorted(EVERY))
def test_of_copies_with_one_label_one_is_chosen(world: Pictures, change: str, source: str) -> None:
    for n in range(6):
        plane = picture("twice", n)
        world.add(plane, f"one{n}", "liver")
        world.add(EVERY[change](plane), f"two{n}", "liver", source=source)
    chosen, left = world.choose()
    assert {r.reason for r in left.values()} == {"near-duplicate"} and len(left) == 6
    samples = {c.sample.partition("/")[2] for c in chosen}
    assert len(samples & {f"{k}{n}" for k in ("one", "two") for n in range(6)}) == 6
    assert all((f"one{n}" in samples) != (f"two{n}" in samples) for n in range(6))
    assert {c.split for c in chosen} == {"val", "test"}


@pytest.mark.parametrize("change", ["jpeg", "turned", "cut", "framed"])
def test_copies_with_labels_that_do_not_contradict_are_in_one_split(
    world: Pictures, change: str
) -> None:
    """Each of the two labels is in a list that does not have the other one."""
    pairs = []
    for n in range(8):
        plane = picture("twice", n)
        one = world.add(plane, f"one{n}", "stomach", group="organs of abdomen")
        two = world.add(EVERY[change](plane), f"two{n}", "pneumonia", source="other", group="lungs")
        pairs.append((*one, *two))
    chosen, left = world.choose()
    assert not left
    of = {c.id: c for c in chosen}
    assert all(of[a.id].split == of[b.id].split for a, b in pairs)
    assert {of[a.id].split for a, _ in pairs} == {"val", "test"}
    for one, two in pairs:
        assert of[one.id].searched.unknown == ("pneumonia",)
        assert of[two.id].searched.unknown == ("stomach",)


@pytest.mark.parametrize(
    ("one", "two", "asked"),
    [
        ("pneumonia", "bacterial-pneumonia", True),
        ("covid-19-pneumonia", "pneumonia", True),
        ("viral-pneumonia", "bacterial-pneumonia", False),
        ("pneumonia", "pulmonary-edema", False),
    ],
)
def test_the_tree_decides_what_contradicts(
    world: Pictures, one: str, two: str, asked: bool
) -> None:
    for n, label in enumerate((one, two)):
        for source in ("abdomen", "other"):
            world.add(picture("lung", source, n), f"lung{n}", label, source=source)
    plane = picture("twice")
    ids = {t.id for t in world.add(plane, "one", one)}
    ids |= {t.id for t in world.add(CHANGES["turned"](plane), "two", two, source="other")}
    chosen, left = world.choose()
    assert ids <= {c.id for c in chosen} if asked else set(left) == ids


def test_a_source_denies_only_what_its_list_has(world: Pictures) -> None:
    """Nobody looked for a stomach in the other source; nor has a list of several labels denied it."""
    plane = picture("twice")
    (stomach,) = world.add(plane, "one", "stomach")
    (liver,) = world.add(CHANGES["jpeg"](plane), "two", "liver", source="other")
    left = world.choose()[1]
    assert set(left) == {stomach.id, liver.id}, (
        "each list has one label a picture, and the first denies"
    )
    world.add(picture("several"), "several", "liver", "spleen")
    chosen, left = world.choose()
    assert set(left) == {liver.id}, "the first list denies the liver; it may have several labels"
    (kept,) = [c for c in chosen if c.id == stomach.id]
    assert kept.searched.unknown == ("liver",)


@pytest.mark.parametrize("change", ["jpeg", "inverted", "cut"])
def test_a_picture_of_which_nothing_is_true_denies(world: Pictures, change: str) -> None:
    """It has no target. It denies what its source looked for, and nothing else."""
    planes = [picture("twice", n) for n in range(3)]
    (liver,) = world.add(planes[0], "one", "liver")
    (stomach,) = world.add(planes[1], "two", "stomach")
    (lung,) = world.add(planes[2], "three", "viral-pneumonia")
    for n, plane in enumerate(planes):
        world.deny(EVERY[change](plane), f"none{n}", "liver", "pneumonia", source="tables")
    chosen, left = world.choose()
    assert {id_: r.reason for id_, r in left.items()} == dict.fromkeys(
        (liver.id, lung.id), "copies-contradict"
    )
    assert left[liver.id].detail == (
        "abdomen/one and tables/none0 are copies of one picture, and one is 'liver', the other none of its labels"
    )
    assert stomach.id in {c.id for c in chosen}


def test_what_a_copy_does_not_know_is_no_contradiction(world: Pictures) -> None:
    plane = picture("twice")
    (one,) = world.add(plane, "one", "liver")
    searched = Searched(labels=("*",), unknown=("liver",))
    (two,) = world.add(
        CHANGES["turned"](plane), "two", "stomach", source="other", searched=searched
    )
    chosen, left = world.choose()
    assert not left
    assert {c.id: c.searched.unknown for c in chosen if c.id in (one.id, two.id)} == {
        one.id: ("stomach",), two.id: ("liver",),
    }  # fmt: skip


def test_two_lists_of_one_source_do_not_contradict(world: Pictures) -> None:
    plane = picture("twice")
    world.add(plane, "one", "liver")
    world.add(CHANGES["jpeg"](plane), "two", "spleen", group="another list")
    for n in range(4):
        world.add(picture("more", n), f"more{n}", "liver", group="another list")
    assert not world.choose()[1]


def test_neighbouring_slices_of_one_person_are_no_copies(world: Pictures) -> None:
    """They are nearly alike, and a tumour may begin in one of them."""
    ends = [picture("slice", n).astype(float) for n in range(2)]
    for n, share in enumerate((0.0, 0.04)):
        plane = (ends[0] * (1 - share) + ends[1] * share).astype(np.uint8)
        world.add(plane, "person", ("liver", "spleen")[n], sample=f"slice{n}")
    assert not world.choose()[1]


def test_look_alikes_are_opened_and_kept(world: Pictures) -> None:
    """Their coarse frequencies are alike; their pixels are not those of copies."""
    for n in range(6):
        ends = [picture("like", n, k).astype(float) for k in range(2)]
        alike = (ends[0] * 0.75 + ends[1] * 0.25).astype(np.uint8)
        world.add(ends[0].astype(np.uint8), f"one{n}", "liver")
        world.add(alike, f"two{n}", "spleen", source="other")
    chosen, left = world.choose()
    assert len(world.opened) >= 3
    assert not left and len(chosen) == len(world.targets)


def test_all_copies_of_a_picture_are_left_out_if_one_contradicts(world: Pictures) -> None:
    plane = picture("twice")
    ids = {t.id for t in world.add(plane, "one", "liver")}
    ids |= {t.id for t in world.add(CHANGES["turned"](plane), "two", "liver", source="other")}
    ids |= {t.id for t in world.add(cut(plane), "three", "spleen", source="other")}
    assert {id_ for id_, r in world.choose()[1].items() if r.reason == "copies-contradict"} == ids


def test_only_what_copies_differ_in_is_left_out(world: Pictures) -> None:
    """In a list of several labels the shared one is asked, of one of the two."""
    plane = picture("twice")
    world.add(picture("several"), "several", "stomach", "spleen")
    one = world.add(plane, "one", "liver", "spleen")
    two = world.add(CHANGES["flipped"](plane), "two", "liver", "stomach")
    chosen, left = world.choose()
    reasons = {id_: r.reason for id_, r in left.items()}
    assert reasons.pop(one[1].id) == reasons.pop(two[1].id) == "copies-contradict"
    assert sorted(reasons.values()) == ["near-duplicate"]
    (kept,) = [c for c in chosen if c.id in (one[0].id, two[0].id)]
    assert kept.searched.unknown == ("spleen", "stomach")


def test_neither_order_nor_division_changes_the_choice(world: Pictures) -> None:
    plane = picture("twice")
    world.add(plane, "one", "liver")
    world.add(CHANGES["inverted"](plane), "two", "spleen", source="other")
    first = world.choose()
    world.targets.reverse()
    world.samples.reverse()
    assert world.choose() == first
    world.targets = [replace(t) for t in world.targets]
    assert world.choose() == first


def test_copies_are_alike_and_other_pictures_are_not() -> None:
    planes = [picture("pixels", n) for n in range(8)]
    seen = [thumbnail(plane) for plane in planes]
    for name, change in EVERY.items():
        # a steeper window cuts off grey levels, so that its copies are not all found
        least = 0.95 if name == "windowed" else MIN_LIKENESS
        for plane, own in zip(planes, seen, strict=True):
            assert likeness(own, thumbnail(change(plane))) >= least, name
    others = [likeness(a, b) for n, a in enumerate(seen) for b in seen[n + 1 :]]
    assert max(others) < 0.8
    assert likeness(seen[0], thumbnail(np.full((50, 60), 7, np.uint8))) == 0
