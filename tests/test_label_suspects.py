"""A label that contradicts anatomy or physics is a suspect, and many suspects stop publication."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchsmith.audits.audit import load
from benchsmith.audits.audit_row import AuditRow, LabelKnowledge
from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.hounsfield_ranges import HOUNSFIELD
from benchsmith.core.random_order import randint
from benchsmith.core.verdicts import FAIL, NOT_RUN, PASS, WARN, Found
from benchsmith.documents.benchmark import Marks
from tests.shipped_documents import shipped_lexicon

PLACES = {"liver": (130, 200, 55), "spleen": (350, 190, 50), "lung": (140, 120, -850)}
"""Centre in pixels of a plane of 480 x 400, and Hounsfield units."""
PARENTS = {"liver": "abdomen", "spleen": "abdomen", "kidney": "abdomen", "stomach": "abdomen",
           "lobe": "liver", "lung": "chest"}  # fmt: skip
DEPARTMENTS = {
    "liver": "hepatology", "spleen": "hematology", "kidney": "hepatology urology",
    "stomach": "hepatology", "lobe": "hepatology",
}  # fmt: skip
WORDS = LabelKnowledge(
    traits={"parent": PARENTS, "departments": DEPARTMENTS},
    ancestors=lambda label: ("lobe", "liver", "abdomen") if label == "lobe" else (label,),
)


def rows(patients: int = 24) -> list[AuditRow]:
    """Return a liver, a spleen and a lung of every patient, of three sources, a little apart."""
    found = []
    for p in range(patients):
        for label, (x, y, level) in PLACES.items():
            dx, dy, wide = (randint(1, -8, 8, label, str(p), what) for what in ("x", "y", "wide"))
            x0, y0, side = x + dx - 40, y + dy - 40, 80 + wide
            found.append(
                AuditRow(
                    id=f"{label}{p}", split="test", stem="s", question="?", options=(label, "other"),
                    labels=(label, "other"), answers=(0,), pool="p", task="t", modality="ct",
                    view="mask", label=label, source=f"source-{p % 3}", target=f"{label}{p}",
                    patient=f"p{p}", group=f"p{p}", axis="axial", plane=(400, 480),
                    box=(x0, y0, x0 + side, y0 + side), area_px=side * side * 7 // 10,
                    level=float(level + dx), department="hepatology",
                    laterality={"liver": "right", "spleen": "left", "lung": ""}[label],
                )
            )  # fmt: skip
    return found


def judged(check: str, made: list[AuditRow]) -> Found:
    return load(check)(AuditTable(made, 1, WORDS), Marks())


def moved(row: AuditRow, pixels: int) -> AuditRow:
    assert row.box
    x0, y0, x1, y1 = row.box
    return replace(row, box=(x0 + pixels, y0, x1 + pixels, y1))


CHECKED = ("label-values", "label-places", "label-sides", "label-departments")


@pytest.mark.parametrize("check", CHECKED)
def test_sound_labels_are_no_suspects(check: str) -> None:
    found = judged(check, rows())
    assert found.outcome == PASS and found.n >= 24
    assert judged(check, []).outcome == NOT_RUN


@pytest.mark.parametrize(
    ("check", "why"),
    [
        ("label-values", "liver has a median of -850 HU, expected -90 to 300"),
        ("label-places", "liver is 9 deviations from the other patients'"),
        ("label-sides", "liver is stated to be left, but lies in the other half"),
        (
            "label-departments",
            "liver is placed in ophthalmology, most of its relatives in hepatology",
        ),
    ],
)
@pytest.mark.parametrize("share", [1, 8])
def test_a_wrong_label_is_named_and_many_stop_publication(check: str, why: str, share: int) -> None:
    """70 mm are 84 pixels here; a source's masks lie on other tissue; sides or departments are swapped."""
    flaws = {
        "label-values": lambda r: replace(r, level=-850.0),
        "label-places": lambda r: moved(r, 130),
        "label-sides": lambda r: replace(r, laterality="left"),
        "label-departments": lambda r: replace(r, department="ophthalmology"),
    }
    made = rows()
    bad = [r.id for r in made if r.label == "liver"][:share]
    found = judged(check, [flaws[check](r) if r.id in bad else r for r in made])
    assert [o.id for o in found.offenders] == sorted(bad)
    assert found.outcome == (WARN if share == 1 else FAIL)
    if share == 1:
        assert found.offenders[0].why.split(" deviations")[0][:9] == why[:9]
        assert found.offenders[0].why == why or check == "label-places"


@pytest.mark.parametrize(("labels", "outcome"), [(1, WARN), (2, WARN), (3, FAIL)])
def test_an_organ_of_a_department_of_its_own_stops_nothing(labels: int, outcome: str) -> None:
    """In a set of kidneys alone all targets are of urology, and all relatives of another department."""
    others = dict.fromkeys(("kidney", "stomach", "bowel", "gallbladder"), "abdomen")
    own = {"liver": "urology", "spleen": "hematology", "lung": "endocrinology"}
    odd = dict([*own.items()][:labels])
    words = replace(
        WORDS,
        traits={
            "parent": others | dict.fromkeys(odd, "abdomen"),
            "departments": dict.fromkeys(others, "gastroenterology") | odd,
        },
    )
    made = [replace(r, department=odd[r.label]) for r in rows() if r.label in odd]
    found = load("label-departments")(AuditTable(made, 1, words), Marks())
    assert (found.outcome, found.n, found.offending) == (outcome, 24 * labels, 24 * labels)


def test_a_source_whose_masks_are_all_shifted_is_compared_with_the_others() -> None:
    """Within the source all lie alike, so only the other sources tell: 70 mm of 400 mm."""
    made = rows(48)
    shifted = [moved(r, 84) if r.source == "source-1" and r.label == "liver" else r for r in made]
    found = judged("label-places", shifted)
    of = {r.id for r in shifted if r.source == "source-1" and r.label == "liver"}
    assert found.outcome == FAIL and {o.id for o in found.offenders} <= of
    assert found.offending > 0.7 * len(of)


def test_values_that_are_grey_levels_are_not_judged() -> None:
    grey = [replace(r, level=float(abs(r.level or 0) % 256)) for r in rows()]
    assert judged("label-values", grey).outcome == NOT_RUN
    lobe = [replace(r, label="lobe", level=-700.0) if r.label == "liver" else r for r in rows()]
    assert judged("label-values", lobe).outcome == FAIL, "an ancestor's range holds"


def test_what_lies_in_a_bone_and_is_none_has_its_own_range_or_none() -> None:
    """A disc with gas is not a suspect, a rib of air is; fluid in the spinal canal is dark beside bone."""
    assert HOUNSFIELD["intervertebral-disc"] is None
    low, high = HOUNSFIELD["bone"] or (0, 0)
    # osteoporosis at 90 years, three deviations below the mean: Radiology 2019;291:360
    assert low < 89 - 3 * 38 and high > 3000
    # severe steatosis: Radiology 2021;301:250
    assert (HOUNSFIELD["liver"] or (0, 0))[0] < -3
    words = shipped_lexicon()
    below = {
        t.id for t in words.labels
        if t.kind in ("space", "cartilage", "tissue") and "bone" in words.labels.lineage(t.id)
    }  # fmt: skip
    assert below <= HOUNSFIELD.keys(), "what is not a bone is not judged as one"
    assert HOUNSFIELD.keys() <= {t.id for t in words.labels}
