"""Wrappers that data sets put around a name are removed; negations, amounts and numbers are kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsmith.text.name_wrappers import STEPS, halves, readings, shortens
from benchsmith.text.normal_form import normal
from benchsmith.text.numbered_names import numbered


@pytest.mark.parametrize(
    ("raw", "name", "steps"),
    [
        ("liver.nii.gz", "liver", ("file ending removed",)),
        ("01_liver", "liver", ("list number removed",)),
        ("1: liver", "liver", ("list number removed",)),
        ("#7 liver", "liver", ("list number removed",)),
        ("(4) liver", "liver", ("list number removed",)),
        ("10.0.Possible glaucoma", "possible glaucoma", ("list number removed",)),
        ("LKidney", "l kidney", ("camel case split",)),
        ("KidneyR", "kidney r", ("camel case split",)),
        ("RightLungUpperLobe", "right lung upper lobe", ("camel case split",)),
        ("leftlung", "left lung", ("side split from its word",)),
        ("liver_mask", "liver", ("word for a mask or a kind removed",)),
        ("organ: liver", "liver", ("word for a mask or a kind removed",)),
        ("Liver seg", "liver", ("word for a mask or a kind removed",)),
        ("A_Carotid_L", "carotid artery l", ("TG-263 order reversed",)),
        ("musculus deltoideus", "deltoideus", ("musculus removed",)),
        ("veins & arteries", "veins and arteries", ("& read as and",)),
        ("veins &amp; arteries", "veins and arteries", ("& read as and",)),
        ("Nodule, pulmonary", "pulmonary nodule", ("order around a comma reversed",)),
        ("kidney (left)", "kidney left", ("punctuation removed",)),
        ("L. kidney", "l kidney", ("punctuation removed",)),
        ("fetal+head", "fetal head", ("punctuation removed",)),
        ("Liver:", "liver", ("punctuation at the end removed",)),
    ],
)
def test_a_reading_is_reached_by_named_steps(raw: str, name: str, steps: tuple[str, ...]) -> None:
    assert (name, steps) in [tuple(r) for r in readings(raw)]


@pytest.mark.parametrize(
    ("raw", "never"),
    [
        ("COVID-", "covid"),
        ("COVID-19 (-)", "covid 19"),
        ("no polyp", "polyp"),
        ("0 polyps", "polyps"),
        ("pneumonia: 0", "pneumonia"),
        ("pneumonia?", "pneumonia"),
        ("3 ventricle", "ventricle"),
        ("1.5 mm melanoma", "melanoma"),
        ("grade 2", "grade"),
        ("left", ""),
        ("mask", ""),
        ("Leftover", "over"),
    ],
)
def test_what_carries_meaning_is_not_taken_off(raw: str, never: str) -> None:
    assert never not in {r.name for r in readings(raw)}


@given(st.text(max_size=40))
def test_the_name_itself_comes_first_and_no_reading_twice(raw: str) -> None:
    found = list(readings(raw))
    assert found[0] == (normal(raw), ())
    assert len({r.name for r in found}) == len(found)
    assert all(set(r.steps) <= set(STEPS) for r in found)
    assert [len(r.steps) for r in found[1:]] == sorted(len(r.steps) for r in found[1:])


@pytest.mark.parametrize(
    ("name", "one"),
    [
        ("rib 1", "rib"), ("rib4", "rib"), ("ribs 12", "rib"), ("4th rib", "rib"), ("fourth rib", "rib"),
        ("rib 13", ""), ("rib 0", ""), ("vertebrae l5", "lumbar vertebra"), ("l5 vertebra", "lumbar vertebra"),
        ("vertebra t12", "thoracic vertebra"), ("vertebrae c7", "cervical vertebra"), ("vertebrae c8", ""),
        ("vertebra s1", "sacral vertebra"), ("c4", ""), ("liver segment 4", "liver segment"),
        ("hepatic segment iva", "liver segment"), ("liver segment 9", ""), ("tumor 2", ""), ("grade 2", ""),
    ],
)  # fmt: skip
def test_a_number_is_taken_off_where_it_counts_alike_things(name: str, one: str) -> None:
    assert numbered(name) == one


@pytest.mark.parametrize(
    ("short", "long", "is_one"),
    [
        ("GBM", "Glioblastoma", True), ("AMD", "age-related macular degeneration", True),
        ("BCC", "basal cell carcinoma", True), ("DR", "Diabetic Retinopathy", True), ("TB", "Tuberculosis", True),
        ("DM", "Diabetic Retinopathy", False), ("PM", "Myopia", False), ("left", "lung lobe left", False),
        ("L", "liver", False), ("BCCX", "basal cell carcinoma", False), ("NHL", "lymphoma", False),
    ],
)  # fmt: skip
def test_an_abbreviation_is_made_of_its_names_letters(short: str, long: str, is_one: bool) -> None:
    assert shortens(short, long) is is_one


def test_halves_are_two_and_not_empty() -> None:
    assert halves("Tuberculosis (TB)") == ("Tuberculosis", "TB")
    assert halves("AMD/ARMD") == ("AMD", "ARMD")
    assert halves("GBM \u2013 glioblastoma") == ("GBM", "glioblastoma")
    assert halves("non-small cell") is None
    assert halves("(left)") is None
    assert halves("liver") is None
