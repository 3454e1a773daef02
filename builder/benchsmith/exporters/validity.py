"""validity.json: all verdicts with their figures, and the results of the human review."""

from __future__ import annotations

from pathlib import Path

from benchsmith import __version__
from benchsmith.core import validation
from benchsmith.core.verdict_json import as_json
from benchsmith.exporters import summary
from benchsmith.release.model import Release
from benchsmith.tables.atomic_files import write_json


def write(release: Release, folder: Path) -> None:
    """Write the verdicts with the benchmark's metadata. Cases are identified by public ids."""
    asked = release.asked()
    rejected = {f"{s}: {reason}": n for s, reason, n, _ in summary.rejections(release)}
    about = {
        "benchmark": release.name,
        "build": release.build,
        "program": f"benchsmith {__version__}",
        "seed": release.benchmark.seed,
        "marks": release.benchmark.audit.model_dump(mode="json"),
        "headline": {
            "questions": len(asked),
            "targets": len({q.target for q in asked if not q.altered}),
            "labels": len({q.label for q in asked}),
            "sources": len({q.source for q in asked}),
            "patients": len({release.choices[q.target].patient for q in asked}),
            "random_score": round(summary.random_score(release), 6),
            "left_out": rejected,
        },
        "validation": validation.as_json(release.validation),
    }
    write_json(folder / "validity.json", as_json(release.audit, about))
