"""The table of published criteria: what it holds, what it refuses, and where a criterion is used."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from benchsmith.core.model import Sample
from benchsmith.documents import lexicon
from benchsmith.documents.lexicon.reasoning_rules import MEASURES, RULE_COLUMNS, Rule
from benchsmith.documents.problems import DocumentError, Problems
from tests import world
from tests.shipped_documents import shipped_lexicon

ROW = {
    "rule": "node", "criterion": "the size of nodes", "measure": "shortest", "label": "kidney",
    "bounds": "10 | 15", "conclusions": "small | middling | large", "margin": "1",
    "modalities": "ct", "adults": "no", "citation": "A. J 2020;1:2-3. doi:10.1000/abc",
    "reviewed_by": "me",
}  # fmt: skip


@pytest.fixture(scope="module")
def shipped() -> dict[str, Rule]:
    """Return the shipped rules by id."""
    return {rule.id: rule for rule in shipped_lexicon().rules}


def table(folder: Path, *rows: dict[str, str]) -> Path:
    """Write a lexicon with a table of rules."""
    world.documents(folder)
    lines = ["\t".join(row.get(column, "") for column in RULE_COLUMNS) for row in rows]
    world.put(folder / "lexicon/rules.tsv", "\n".join(["\t".join(RULE_COLUMNS), *lines, ""]))
    return folder / "lexicon"


def test_at_least_twelve_criteria_are_shipped_each_with_a_source(shipped: dict[str, Rule]) -> None:
    assert len(shipped) >= 12
    for rule in shipped.values():
        assert any(mark in rule.citation for mark in ("doi:10.", "PMID ", "ISBN ")), rule.id
        assert rule.criterion.startswith("the "), rule.id
        assert len(rule.conclusions) == len(rule.bounds) + 1
    assert {rule.measure for rule in shipped.values()} == set(MEASURES)


@pytest.mark.parametrize(
    ("rule", "value", "conclusion"),
    [  # from the publications, not from the table
        ("recist-lesion", 13.0, "measurable"),
        ("recist-lesion", 7.0, "too small to be measurable"),
        ("recist-node", 12.0, "pathological and not measurable"),
        ("recist-node", 17.0, "pathological and measurable"),
        ("fleischner-size", 7.0, "6 to 8 mm"),
        ("lung-t-size", 25.0, "T1c"),
        ("lung-t-size", 60.0, "T3"),
        ("lung-t-size", 75.0, "T4"),
        ("renal-radius", 50.0, "2 points"),
        ("renal-t-size", 85.0, "T2a"),
        ("pancreas-t-size", 35.0, "T2"),
        ("spleen-length", 150.0, "enlarged"),
        ("spleen-volume", 400.0, "above the normal range"),
        ("abdominal-aneurysm", 41.0, "an aneurysm"),
        ("steatosis-attenuation", 30.0, "moderate to severe steatosis"),
        ("adrenal-attenuation", -5.0, "lipid-rich"),
        ("cardiothoracic-ratio", 0.42, "not enlarged"),
    ],
)
def test_a_value_has_the_conclusion_of_its_publication(
    shipped: dict[str, Rule], rule: str, value: float, conclusion: str
) -> None:
    found = shipped[rule].conclusion(value)
    assert found is not None and shipped[rule].conclusions[found] == conclusion


def test_no_conclusion_is_drawn_near_a_bound(shipped: dict[str, Rule]) -> None:
    for rule in shipped.values():
        for bound in rule.bounds:
            assert rule.conclusion(bound) is None
            assert rule.conclusion(bound + 0.99 * rule.margin) is None
            assert rule.conclusion(bound - 0.99 * rule.margin) is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"citation": "a textbook"}, "the citation has no identifier"),
        ({"measure": "girth"}, "unknown measure 'girth'"),
        ({"bounds": "15 | 10"}, "`bounds` must ascend"),
        ({"bounds": "ten | 15"}, "must be numbers"),
        ({"margin": "3"}, "must leave values between two bounds"),
        ({"margin": "0"}, "must leave values between two bounds"),
        ({"conclusions": "small | large"}, "2 bounds need 3 different conclusions"),
        ({"conclusions": "small | large | small"}, "2 bounds need 3 different conclusions"),
        ({"other": "spleen"}, "is about one structure and has an `other`"),
        ({"measure": "mean-difference"}, "needs an `other`"),
        ({"label": "kidny"}, "unknown label 'kidny' in `label`; did you mean kidney?"),
        ({"with": "livr"}, "unknown label 'livr' in `with`"),
        ({"modalities": "cat"}, "unknown modality 'cat'"),
        ({"phases": "late"}, "unknown phase 'late'"),
        ({"adults": ""}, "`adults` is ''"),
        ({"reviewed_by": "nobody"}, "unknown curator 'nobody'"),
        ({"criterion": ""}, "has no criterion"),
        ({"criterion": "the rule of small nodes"}, "name contains the conclusion 'small'"),
    ],
)
def test_a_row_that_cannot_be_is_named_with_its_line(
    tmp_path: Path, change: dict[str, str], says: str
) -> None:
    folder = table(tmp_path, {**ROW, "rule": "other"}, {**ROW, **change})
    with pytest.raises(DocumentError) as caught:
        lexicon.read(folder)
    assert f"lexicon/rules.tsv:3: {says}" in str(caught.value) or (
        "lexicon/rules.tsv:3: " in str(caught.value) and says in str(caught.value)
    )


def test_a_rule_twice_is_named_and_no_table_means_no_rules(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"rules.tsv:3: duplicate rule 'node'"):
        lexicon.read(table(tmp_path / "a", ROW, ROW))
    world.documents(tmp_path / "b")
    problems = Problems(tmp_path / "b")
    assert lexicon.collect(tmp_path / "b/lexicon", problems).rules == ()


def sample(**about: str) -> Sample:
    values: dict[str, Any] = {field.name: "" for field in fields(Sample)}
    values |= {"files": (), "shape": (1, 1, 1), "spacing_mm": (), "planar": False, "modality": "ct"}
    return Sample(**values | about)


def test_a_criterion_is_not_used_outside_of_its_scope(shipped: dict[str, Rule]) -> None:
    fat = shipped["steatosis-attenuation"]
    assert fat.outside(sample(phase="unenhanced", age="045Y"), ("ct",)) == ""
    assert fat.outside(sample(phase="Unenhanced", age="adult"), ("ct-angiography", "ct")) == ""
    for about, lineage, why in (
        ({"age": "45"}, ("ct",), "the phase is not known"),
        ({"phase": "portal-venous", "age": "45"}, ("ct",), "the phase is portal-venous"),
        ({"phase": "unenhanced"}, ("ct",), "the age is not known"),
        ({"phase": "unenhanced", "age": "12"}, ("ct",), "the age is 12"),
        ({"phase": "unenhanced", "age": "45"}, ("t1-weighted-mri", "mri"), "it is about ct"),
    ):
        assert why in fat.outside(sample(**about), lineage)
    heart = shipped["cardiothoracic-ratio"]
    assert heart.outside(sample(view="PA", age="45"), ("x-ray",)) == ""
    assert "the view is AP" in heart.outside(sample(view="AP", age="45"), ("x-ray",))
    assert replace(heart, adults=False).outside(sample(view="pa"), ("x-ray",)) == ""
