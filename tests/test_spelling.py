"""Other spellings of a name: exact steps, and never a likeness."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.spelling import forms
from builder.words import normal


@pytest.mark.parametrize(
    ("raw", "form", "steps"),
    [
        ("Brain Tumours", "brain tumor", ("American spelling", "singular")),
        ("oesophagus", "esophagus", ("American spelling",)),
        ("haemorrhages", "hemorrhage", ("American spelling", "singular")),
        ("vertebrae", "vertebra", ("singular",)),
        ("Nodule, pulmonary", "pulmonary nodule", ("comma turned round",)),
        ("RightLungUpperLobe", "right lung upper lobe", ("camel case parted",)),
        ("biopsies", "biopsy", ("singular",)),
        ("masses", "mass", ("singular",)),
        ("cell_nuclei", "cell nucleus", ("singular",)),
        ("ischaemic stroke", "ischemic stroke", ("American spelling",)),
    ],
)
def test_a_form_is_reached_by_named_steps(raw: str, form: str, steps: tuple[str, ...]) -> None:
    assert (form, steps) in [tuple(f) for f in forms(raw)]


@given(st.text(max_size=40))
def test_the_name_itself_comes_first_and_no_form_twice(raw: str) -> None:
    found = list(forms(raw))
    assert found[0] == (normal(raw), ())
    assert len({f.name for f in found}) == len(found) <= 16


@pytest.mark.parametrize("raw", ["pus", "gas", "os", "left", "T12", "ct", "mass"])
def test_short_words_are_not_cut_into_others(raw: str) -> None:
    names = {f.name for f in forms(raw)}
    assert not names & {"pu", "ga", "o", "t", "lef", "mas"}
