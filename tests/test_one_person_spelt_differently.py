"""Patients whose names differ in capitals or zeros alone are one person for the split."""

from __future__ import annotations

from collections import defaultdict

import pytest

from benchsmith.core.model import Sample, Target
from benchsmith.selectors.candidate_files import from_rows
from benchsmith.selectors.people import patient_groups
from tests.made_targets import chosen_and_left
from tests.pictures import sample_of, target

HOSPITAL = {"xray": "hospital", "scan": "hospital"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("7", "007", True), ("7.0", "007", True), ("P7", "p007", True), ("Ann", "ANN", True),
        ("caf\u00e9", "CAFE\u0301", True), ("ward 1/07", "Ward 01/7", True), ("0", "00", True),
        ("7", "70", False), ("1.05", "1.5", False), ("P7", "Q7", False), ("7", "P7", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("sources", "namespaces", "shared"),
    [
        (("xray", "scan"), HOSPITAL, True),
        (("xray", "xray"), {}, True),
        (("xray", "scan"), {}, False),
    ],
)
def test_spellings_are_one_person_where_names_are_shared(
    one: str,
    other: str,
    same: bool,
    sources: tuple[str, str],
    namespaces: dict[str, str],
    shared: bool,
) -> None:
    """Of two sources that share no names, 7 and 007 are two persons."""
    targets = [
        target(None, source=source, patient=name, sample=f"{name} of {n}")
        for n, (source, name) in enumerate(zip(sources, (one, other), strict=True))
    ]
    groups = patient_groups(from_rows(targets, [sample_of(t) for t in targets]), namespaces)
    found = {groups.group(t.patient) for t in targets}
    assert len(found) == (1 if same and shared else 2)


def test_no_person_with_two_spellings_is_in_two_splits() -> None:
    """A spreadsheet's column in one source, and folders in the other: 24 people of both."""
    targets = [
        target(
            None, source=source, label=label,
            patient=form.format(n), sample=f"{form.format(n)} {label}",
        )
        for source, form in (("xray", "{}"), ("scan", "{:03}"))
        for n in range(1, 25)
        for label in ("liver", "spleen")
    ]  # fmt: skip
    samples = [sample_of(t) for t in targets]
    together = splits(targets, samples, HOSPITAL)
    assert len(together) > 12 and max(map(len, together.values())) == 1
    assert set().union(*together.values()) == {"val", "test"}
    assert max(map(len, splits(targets, samples, {}).values())) == 2, "nobody could be in both"


def splits(
    targets: list[Target], samples: list[Sample], spaces: dict[str, str]
) -> dict[int, set[str]]:
    """Return the splits of each number of a patient."""
    found: dict[int, set[str]] = defaultdict(set)
    for choice in chosen_and_left(targets, samples, spaces=spaces)[0]:
        found[int(choice.patient.partition("/")[2])].add(choice.split)
    return found
