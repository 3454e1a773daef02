"""The steps of a dry run, and how they are printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from benchsmith.core.stage_names import ALL_SOURCES

UP_TO_DATE, RUNS, PERHAPS = "up to date", "runs", "perhaps"
MAX_REASONS = 5
"""Reasons that are printed for a step; further ones are counted."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a build: a stage, for one source or for all."""

    stage: str
    part: str
    """A source, or ``all``."""
    status: str
    """`UP_TO_DATE`, `RUNS`, or `PERHAPS`: it runs only if the result of an earlier step changes."""
    why: tuple[str, ...] = ()
    reused: int = 0
    """Images whose rows are reused from an earlier build."""
    images: int = 0
    """All images of the source; 0 for a stage that does not read images."""

    @property
    def name(self) -> str:
        """The name of the step, such as ``ingest skin`` or ``select``."""
        return step_name(self.stage, self.part)

    @property
    def verb(self) -> str:
        """The status as it is printed after the name."""
        return "perhaps runs" if self.status == PERHAPS else self.status


def step_name(stage: str, part: str) -> str:
    """Return the name of a step.

    >>> step_name("ingest", "skin"), step_name("select", "all")
    ('ingest skin', 'select')
    """
    return stage if part == ALL_SOURCES else f"{stage} {part}"


def lines(name: str, steps: Sequence[Step]) -> Iterator[str]:
    """Yield the lines that `benchsmith plan` prints."""
    pending = [step for step in steps if step.status != UP_TO_DATE]
    if not pending:
        yield f"{name}: all {len(steps)} steps are up to date"
        return
    yield f"{name}: {len(pending)} of {len(steps)} steps are not up to date"
    for step in pending:
        read = step.images - step.reused
        images = f": {read} of {step.images} images are read" if step.images else ""
        yield f"  {step.name} {step.verb}{images}"
        for why in step.why[:MAX_REASONS]:
            yield f"    {why}"
        if len(step.why) > MAX_REASONS:
            yield f"    and {len(step.why) - MAX_REASONS} more"


def as_json(name: str, steps: Sequence[Step]) -> dict[str, Any]:
    """Return the steps under their published keys."""
    return {
        "benchmark": name,
        "up_to_date": all(step.status == UP_TO_DATE for step in steps),
        "steps": [
            {
                "stage": step.stage,
                "part": step.part,
                "does": step.status,
                "why": list(step.why),
                "images": step.images,
                "taken": step.reused,
            }
            for step in steps
        ],
    }
