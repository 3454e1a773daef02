"""Spellings of one name fold to the same, by steps that have names; other names do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsmith.text.normal_form import normal
from benchsmith.text.spelling import FOLDS, WAYS, clashes, difference, folded, keys, singular

WORDS = st.text("abcdefghilmnoprstuvy '-\u00e4\u00f6\u00fc\u00e9", max_size=30)


@pytest.mark.parametrize(
    ("raw", "name", "steps"),
    [
        ("Brain Tumours", "brain tumor", ("singular", "American spelling")),
        ("oesophagus", "esophagus", ("American spelling",)),
        ("foetal heads", "fetal head", ("singular", "American spelling")),
        ("vertebrae", "vertebra", ("singular",)),
        ("biopsies", "biopsy", ("singular",)),
        ("masses", "mass", ("singular",)),
        ("diseases", "disease", ("singular",)),
        ("viruses", "virus", ("singular",)),
        ("gastro-oesophageal", "gastroesophageal", ("written together", "American spelling")),
        ("cell_nuclei", "cell nucleus", ("singular",)),
        ("lungs nodules", "lung nodule", ("singular",)),
        ("Crohn disease", "crohn's disease", ("apostrophe", "singular")),
        ("Sjögren", "sjoegren", ("accents",)),
        ("Ménière", "meniere", ("accents",)),
        ("tumor of the liver", "liver tumor", ("order around of reversed",)),
        ("renal cyst", "kidney cyst", ("adjective read as its organ",)),
        ("softtissue", "soft tissue", ("written together",)),
    ],
)
def test_spellings_are_one_by_named_steps(raw: str, name: str, steps: tuple[str, ...]) -> None:
    assert set(keys(normal(raw))) & set(keys(normal(name)))
    assert difference(normal(raw), normal(name)) == steps
    assert set(steps) <= set(FOLDS)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("grade 1 2", "grade 12"), ("LA", "LAS"), ("mass", "mas"), ("liver tumor", "liver tumors of x"),
        ("no polyp", "polyp"), ("T1", "T11"), ("hypothyroidism", "hyperthyroidism"),
        ("ileum", "ilium"), ("tumor of liver of mouse", "mouse liver tumor"), ("pulmonary artery", "aorta"),
        ("covid-", "covid"), ("os", "o"), ("intracranial", "intracanial"),
    ],
)  # fmt: skip
def test_other_names_stay_apart(a: str, b: str) -> None:
    assert not set(keys(normal(a))) & set(keys(normal(b)))


@given(WORDS)
def test_names_that_are_the_same_need_no_step(raw: str) -> None:
    assert difference(normal(raw), normal(raw)) == ()


@given(WORDS, WORDS)
def test_a_difference_is_named_only_between_spellings_of_one_name(a: str, b: str) -> None:
    """Leaving a named step out parts the two; leaving any other out does not."""
    a, b = normal(a), normal(b)
    for way, steps in enumerate(WAYS):
        if folded(a, way) == folded(b, way):
            needed = difference(a, b)
            assert all((folded(a, way, s) != folded(b, way, s)) == (s in needed) for s in steps)
            break


def test_names_that_would_become_one_are_found() -> None:
    names = [
        ("liver tumor", "x"),
        ("tumour of liver", "y"),
        ("tumours of liver", "y"),
        ("lung", "z"),
    ]
    found = clashes(names)
    assert list(found.values()) == [["liver tumor", "tumour of liver", "tumours of liver"]]
    assert not clashes(names[1:])


@pytest.mark.parametrize(
    ("many", "one"),
    [
        ("skin diseases", "skin disease"), ("viruses", "virus"), ("boxes", "box"), ("ribs", "rib"),
        ("abscesses", "abscess"), ("biopsies", "biopsy"), ("cell nuclei", "cell nucleus"),
        ("pelvis", "pelvis"), ("thymus", "thymus"), ("atelectasis", "atelectasis"), ("pus", "pus"),
    ],
)  # fmt: skip
def test_a_singular_is_a_word_that_can_be_read(many: str, one: str) -> None:
    assert singular(many) == one
