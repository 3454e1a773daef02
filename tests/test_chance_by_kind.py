"""Chance and the number of unreviewed labels on the card, by a second calculation."""

from __future__ import annotations

import re
from collections import defaultdict
from types import SimpleNamespace
from typing import Any

import pyarrow.parquet as pq
import pytest

from benchsmith.documents.lexicon import Placement
from benchsmith.exporters import summary
from tests.conftest import Project

NAMES = {4: "one of four options or more", 3: "one of three options", 2: "one of two options"}


def test_chance_is_reported_by_kind_and_whatever_was_not_reviewed(built: Project) -> None:
    """Of the published rows: their options by kind. All placements of this project are by others."""
    scores: dict[str, list[float]] = defaultdict(list)
    for path in (built.release / "data").glob("*.parquet"):
        for row in pq.read_table(path, columns=["answers", "answer", "options"]).to_pylist():
            count = len(row["options"])
            right = len(row["answer"].split(","))
            kind = "several answers" if row["answers"] == "several" else NAMES[min(count, 4)]
            scores[kind].append(right / count)
    card = (built.release / "README.md").read_text("utf-8")
    told = re.findall(
        r"^\| (one of .*?|several answers) \| (\d+) \| ([\d.]+) % \|$", card, re.MULTILINE
    )
    assert len(scores) > 1
    assert {name: int(number) for name, number, _ in told} == {n: len(s) for n, s in scores.items()}
    for name, _, percent in told:
        assert float(percent) == pytest.approx(
            100 * sum(scores[name]) / len(scores[name]), abs=0.06
        )
    assert "founders" not in card
    report = (built.release / "report.html").read_text("utf-8")
    for name, number, percent in told:
        assert f">{percent} % of {number} with {name}<" in report


def test_labels_that_founders_alone_placed_are_counted() -> None:
    """A liver in CT by founders, in MRI by both; a spleen by founders; a rib by somebody else."""
    places = {
        ("liver", "ct"): ("founders",),
        ("liver", "mri"): ("founders", "ann"),
        ("spleen", "ct"): ("founders",),
        ("rib", "ct"): ("ann",),
    }
    release: Any = SimpleNamespace(
        asked=lambda: [SimpleNamespace(label=n, modality=m) for n, m in places],
        lexicon=SimpleNamespace(place=lambda n, m: Placement("", "", "", places[n, m])),
    )
    assert summary.unreviewed(release) == (2, 3)
