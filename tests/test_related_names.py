"""Names that may mean one thing, and texts that are not options."""

from __future__ import annotations

import json
from itertools import product

import pytest

from benchsmith.audits.audit import load
from benchsmith.audits.audit_row import AuditRow, LabelKnowledge
from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.form import META
from benchsmith.audits.relatedness import alike
from benchsmith.audits.word_folding import folded
from benchsmith.core.verdicts import FAIL
from benchsmith.documents.benchmark import Marks
from benchsmith.text.normal_form import normal
from tests.conftest import PROJECT

TREE = PROJECT.parent / "shared/facts/gmai_lexical_tree.json"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("lung calcification", "pulmonary calcification"),
        ("lung consolidation", "pulmonary consolidation"),
        ("COVID 19", "COVID 19 positive"),
        ("lung cancer", "lung tumor"),
        ("prostate cancer", "prostate tumor"),
        ("aorta", "ascending aorta"),
        ("pulmonary nodule", "diffuse pulmonary nodule"),
        ("high grade dysplasia", "high-grade dysplasia"),
        ("kidney", "Kidneys"),
        ("hemorrhage", "haemorrhage"),
    ],
)
def test_names_that_may_mean_one_thing(a: str, b: str) -> None:
    assert alike(a, b) and alike(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("liver", "spleen"),
        ("rib 4", "rib 5"),
        ("vertebra L1", "vertebra L2"),
        ("lobule VI of vermis", "lobule VII of vermis"),
        ("left lung", "right lung"),
        ("adenoma", "adenocarcinoma"),
        ("3", "4"),
    ],
)
def test_names_that_mean_two_things(a: str, b: str) -> None:
    assert not alike(a, b)


@pytest.mark.parametrize(
    "text",
    ["None of the above", "all of these", "both", "Unknown", "other", "not sure", "以上都不是"],
)
def test_remarks_are_no_options(text: str) -> None:
    assert META.search(normal(text))


@pytest.mark.parametrize(
    "text", ["mother cell", "both bones fracture", "no finding", "normal", "liver"]
)
def test_options_are_no_remarks(text: str) -> None:
    assert not META.search(normal(text))


def test_names_are_folded_but_signs_are_kept() -> None:
    assert folded("Kidneys") == folded("\uff2b\uff29\uff24\uff2e\uff25\uff39 ") and folded(
        "Biopsies"
    ) == folded("biopsy")
    assert folded("HER2+") != folded("HER2-") and folded("3+4") != folded("3, 4")


# The published tree.


def published(*levels: str) -> AuditTable:
    """Make a table of the published tree: in each pool every label beside every other.

    Pools are of a task and modality at each of some levels, or whatever the level without any.
    """
    tree = json.loads(TREE.read_text("utf-8"))["tree"]
    rows = []
    for view, (task, of_task) in product(levels or ("any",), tree["clinical-task"].items()):
        for modality, labels in (of_task if view == "any" else tree["granularity"][view]).items():
            pool = sorted(set(labels) & set(of_task.get(modality, ())))
            for i, label in enumerate(pool):
                others = [o for o in pool if o != label]
                rows.append(
                    AuditRow(id=f"{view}/{modality}/{task}/{i}", split="test", stem="s", question="What?",
                        options=(label, *others), labels=(label, *others), answers=(0,),
                        pool=f"{view}/{modality}/{task}", pool_size=len(others), task=task,
                        modality=modality, view=view, label=label, source="gmai", target=label)
                )  # fmt: skip
    return AuditTable(rows, 1, LabelKnowledge())


LOCAL = ("Box Level", "Contour Level", "Mask Level")


@pytest.mark.skipif(not TREE.is_file(), reason="needs the published tree")
@pytest.mark.parametrize(
    ("a", "b", "levels"),
    [
        ("lung calcification", "pulmonary calcification", ()),
        ("lung consolidation", "pulmonary consolidation", ()),
        ("covid 19", "covid 19 positive", ("Image Level",)),
        ("lung cancer", "lung tumor", LOCAL),
        ("prostate cancer", "prostate tumor", LOCAL),
        ("aorta", "ascending aorta", LOCAL),
        ("pulmonary nodule", "diffuse pulmonary nodule", LOCAL),
    ],
)
def test_synonyms_in_the_published_tree_are_reported(
    a: str, b: str, levels: tuple[str, ...]
) -> None:
    """Each pair is in one pool, in which both can be offered."""
    tree = published(*levels)
    both = [row for row in tree.rows if {a, b} <= {label.casefold() for label in row.labels}]
    assert both, "they do not meet in the published tree"
    row = next(r for r in both if r.label.casefold() == a)
    found = load("related-options")(AuditTable([row], 1, LabelKnowledge()), Marks())
    assert found.outcome == FAIL
    assert any(f"{b!r} beside {a!r}" in o.why.casefold() for o in found.offenders)


@pytest.mark.skipif(not TREE.is_file(), reason="needs the published tree")
def test_the_published_tree_s_single_label_pools_are_reported() -> None:
    pools = load("pool-size")(published(*LOCAL), Marks())
    assert pools.outcome == FAIL
    assert pools.offending == 62
    assert "62 of 150 pools have a single label" in pools.says
