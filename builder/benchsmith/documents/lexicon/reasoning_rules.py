"""`lexicon/rules.tsv`: conclusions from measurements, by published criteria. The table is optional.

A row is one criterion. Its bounds divide the values of a measure into classes, each with a
conclusion, the lowest first. A value within `margin` of a bound has no conclusion. A row applies
only in its scope: modalities, phases of the contrast medium, views and adults. If the scope is not
known, the row does not apply.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from benchsmith.core.model import Sample
from benchsmith.documents import tsv
from benchsmith.documents.lexicon.row_checks import RowChecks
from benchsmith.documents.problems import did_you_mean

RULE_COLUMNS = (
    "rule", "criterion", "measure", "label", "other", "with", "bounds", "conclusions", "margin",
    "modalities", "phases", "views", "adults", "citation", "reviewed_by", "note",
)  # fmt: skip
MEASURES: Mapping[str, str] = {
    "longest": "mm",
    "shortest": "mm",
    "mean-diameter": "mm",
    "calibre": "mm",
    "length": "mm",
    "volume": "mL",
    "mean": "HU",
    "mean-difference": "HU",
    "width-ratio": "",
}
"""What rules are about, each with its unit; docs/skills.md defines them."""
OF_TWO = frozenset({"mean-difference", "width-ratio"})
"""Measures that need a second structure."""
PHASES = ("unenhanced", "arterial", "portal-venous", "delayed")
ADULT_YEARS = 18
CITED = re.compile(r"\bdoi:10\.\d{4,9}/\S+|\bPMID \d+\b|\bISBN [\d-]{10,17}\b")
"""What a citation contains, so that it can be looked up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A criterion and what follows from it."""

    id: str
    criterion: str
    """What a stem calls it, with its article."""
    measure: str
    labels: tuple[str, ...]
    """Ids of labels that it is about, their descendants included."""
    other: str
    """The second structure of a measure of two; else empty."""
    present: tuple[str, ...]
    """Labels that the picture must show too, so that it is at the right height of the body."""
    bounds: tuple[float, ...]
    """Ascending, in the measure's unit."""
    conclusions: tuple[str, ...]
    """One more than bounds; the first is that of the lowest values."""
    margin: float
    modalities: tuple[str, ...]
    phases: tuple[str, ...]
    """Phases in which it holds; empty for any, and for none known."""
    views: tuple[str, ...]
    """Projections, such as ``PA``; empty for any."""
    adults: bool
    """Whether it holds for adults alone."""
    citation: str
    at: str

    @property
    def unit(self) -> str:
        """Unit of its bounds."""
        return MEASURES[self.measure]

    def conclusion(self, value: float) -> int | None:
        """Return the index of the conclusion from a value; None within the margin of a bound."""
        if any(abs(value - bound) < self.margin for bound in self.bounds):
            return None
        return sum(value >= bound for bound in self.bounds)

    def outside(self, sample: Sample, lineage: tuple[str, ...]) -> str:
        """Return why the rule does not apply to a sample; empty if it does.

        `lineage` is the sample's modality and its ancestors.
        """
        if not set(self.modalities) & set(lineage):
            return f"it is about {', '.join(self.modalities)}"
        for what, own, wanted in (
            ("phase", sample.phase, self.phases),
            ("view", sample.view, self.views),
        ):
            if wanted and own.casefold() not in {name.casefold() for name in wanted}:
                return f"the {what} is {own or 'not known'}, and not {' or '.join(wanted)}"
        if self.adults and not is_adult(sample.age):
            return f"the age is {sample.age or 'not known'}"
        return ""


def is_adult(age: str) -> bool:
    """Return whether an age is known to be an adult's: a number of years, a DICOM age, or the word.

    >>> [is_adult(age) for age in ("045Y", "17", "adult", "", "18.0", "216M")]
    [True, False, True, False, True, False]
    """
    if age.strip().casefold() in ("adult", "adults"):
        return True
    found = re.fullmatch(r"0*(\d{1,3})(?:\.\d+)?\s*[yY]?", age.strip())
    return bool(found) and int(found[1]) >= ADULT_YEARS  # type: ignore[index]


def collect(folder: Path, check: RowChecks) -> tuple[Rule, ...]:
    """Return the rules in the table's order; add a problem for each row that contradicts itself."""
    found: dict[str, Rule] = {}
    for row in check.optional_rows(folder / "rules.tsv", RULE_COLUMNS, lambda row: row["rule"]):
        rule = _rule(row, check)
        if rule is None:
            continue
        if rule.id in found:
            check.problems.add(row.path, row.line, f"duplicate rule {rule.id!r}")
        found[rule.id] = rule
    return tuple(found.values())


def _rule(row: tsv.Row, check: RowChecks) -> Rule | None:
    """Return the rule of a row; None if the row is invalid."""
    others = (row["other"],) if row["other"] else ()
    for column, names in (
        ("label", row.list("label")),
        ("other", others),
        ("with", row.list("with")),
    ):
        check.terms(row, column, "label", names)
    check.terms(row, "modalities", "modality", row.list("modalities"))
    check.signed(row, "reviewed_by")
    faults = list(_faults(row))
    for what, hint in faults:
        check.problems.add(row.path, row.line, what, hint)
    if faults:
        return None
    return Rule(
        id=row["rule"],
        criterion=row["criterion"],
        measure=row["measure"],
        labels=row.list("label"),
        other=row["other"],
        present=row.list("with"),
        bounds=tuple(float(bound) for bound in row.list("bounds")),
        conclusions=row.list("conclusions"),
        margin=float(row["margin"]),
        modalities=row.list("modalities"),
        phases=row.list("phases"),
        views=row.list("views"),
        adults=row["adults"] == "yes",
        citation=row["citation"],
        at=check.at(row),
    )


def _faults(row: tsv.Row) -> list[tuple[str, str]]:
    """Return what is wrong with the cells of a row, each with a hint."""
    found = []
    needed = ("rule", "criterion", "label", "modalities")
    found += [(f"has no {name}", f"fill in `{name}`") for name in needed if not row[name]]
    measure, conclusions = row["measure"], row.list("conclusions")
    if measure not in MEASURES:
        hint = did_you_mean(measure, MEASURES) or f"measures: {', '.join(MEASURES)}"
        found.append((f"unknown measure {measure!r}", hint))
    elif (measure in OF_TWO) != bool(row["other"]):
        what = "needs" if measure in OF_TWO else "is about one structure and has"
        found.append((f"{measure} {what} an `other`", "see Reasoning in docs/skills.md"))
    try:
        bounds = [float(bound) for bound in row.list("bounds")]
        margin = float(row["margin"])
    except ValueError:
        found.append(("`bounds` and `margin` must be numbers", "such as 10 | 15, and 1"))
    else:
        steps = [b - a for a, b in pairwise(bounds)]
        if not bounds or any(step <= 0 for step in steps):
            found.append(("`bounds` must ascend", "write the lowest first"))
        elif margin <= 0 or any(2 * margin >= step for step in steps):
            found.append(("`margin` must leave values between two bounds", "lower it; above 0"))
        if len(conclusions) != len(bounds) + 1 or len({*conclusions}) != len(conclusions):
            what = f"{len(bounds)} bounds need {len(bounds) + 1} different conclusions"
            found.append((what, "give one for each class, starting with the lowest values"))
    for words in conclusions:
        if re.search(rf"\b{re.escape(words)}\b", row["criterion"], re.IGNORECASE):
            what = f"the criterion's name contains the conclusion {words!r}"
            found.append((what, "a question names the criterion: name it after the measurement"))
    for phase in row.list("phases"):
        if phase not in PHASES:
            hint = did_you_mean(phase, PHASES) or f"phases: {', '.join(PHASES)}"
            found.append((f"unknown phase {phase!r}", hint))
    if row["adults"] not in ("yes", "no"):
        found.append((f"`adults` is {row['adults']!r}", "write yes or no"))
    if not CITED.search(row["citation"]):
        found.append(("the citation has no identifier", "add doi:10..., PMID ... or ISBN ..."))
    return found
