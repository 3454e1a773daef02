"""Labels are placed in a department that treats them, and not beside a label that is also true of them."""

from __future__ import annotations

import pytest

from benchsmith.documents.lexicon import Lexicon
from tests.shipped_documents import shipped_lexicon

TREATED_BY = {
    "blood-vessel": {
        "cardiovascular-surgery", "neurosurgery", "ophthalmology", "obstetrics-and-gynecology",
    },
    "aneurysm": {"cardiovascular-surgery", "neurosurgery"},
    "brain": {"neurosurgery"},
    "intracranial-hemorrhage": {"neurosurgery"},
    "eye": {"ophthalmology"},
    "retinal-disease": {"ophthalmology"},
    "skin-disease": {"dermatology"},
    "digestive-tract": {"gastroenterology-and-hepatology"},
    "airway": {"pulmonary-medicine"},
    "lung": {"pulmonary-medicine"},
    "heart": {"cardiovascular-surgery"},
    "kidney": {"nephrology-and-hypertension"},
    "prostate": {"urology"},
    "uterus": {"obstetrics-and-gynecology"},
    "breast": {"obstetrics-and-gynecology"},
    "tooth": {"otolaryngology-ent-head-and-neck-surgery"},
}  # fmt: skip
"""By label, the departments in which it and everything below it may stand."""

EXCLUDING = [
    ("hip-bone-fragment", "hip-bone"), ("sacrum-fragment", "sacrum"), ("hand", "upper-limb"),
    ("thumb", "hand"), ("knee", "lower-limb"), ("falx-cerebri", "meninges"),
    ("common-bile-duct", "bile-duct"), ("liver-retractor", "retractor"), ("fetal-heart", "heart"),
    ("optic-nerve", "nerve"), ("retinal-tear", "retinal-disease"), ("aortic-aneurysm", "aneurysm"),
    ("kidney-cyst", "renal-lesion"), ("kidney-cyst", "kidney"), ("adenomatous-polyp", "colon-polyp"),
    ("liver-vessel", "portal-vein"), ("intracranial-vessel", "basilar-artery"),
    ("spinous-process", "lumbar-vertebra"), ("vertebral-body", "thoracic-spine"),
    ("phyllodes-tumor-of-breast", "benign-breast-tumor"), ("spinal-cord", "spinal-canal"),
]  # fmt: skip
"""Pairs of which one is a part or a kind of the other, or lies in it."""


@pytest.fixture(scope="module")
def words() -> Lexicon:
    return shipped_lexicon()


@pytest.mark.parametrize("top", TREATED_BY)
def test_the_descendants_of_a_label_are_in_its_departments(words: Lexicon, top: str) -> None:
    placed = {
        (label, place.department)
        for (label, _), place in words.placements.items()
        if top in words.labels.lineage(label)
    }
    assert placed
    assert not sorted(p for p in placed if p[1] not in TREATED_BY[top])


@pytest.mark.parametrize(("a", "b"), EXCLUDING)
def test_a_part_is_never_offered_beside_its_whole(words: Lexicon, a: str, b: str) -> None:
    assert words.exclude(a, b)
