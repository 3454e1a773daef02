"""Find the finished tables of a benchmark's last build; the sources' files are not needed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchsmith.core.build_files import ALTERED, LATEST, MANIFEST, ROWS, STAGES_FOLDER
from benchsmith.core.errors import EnvironmentFailed
from benchsmith.explore.open_question_rows import open_build
from benchsmith.explore.question_rows import QuestionRows


class NotBuilt(EnvironmentFailed):
    """A benchmark has not been built, or its last build was stopped."""


@dataclass(frozen=True, slots=True)
class Built:
    """The finished tables of a benchmark's last build."""

    name: str
    questions: Path
    targets: Sequence[Path]
    """The chosen targets, and what altered pictures show."""
    cases: Sequence[Path]
    """Pictures, one file per source."""

    @contextmanager
    def rows(self) -> Iterator[QuestionRows]:
        """Open the questions with a picture."""
        with open_build(self.questions, self.targets, self.cases) as rows:
            yield rows


def find(output: Path, name: str) -> Built:
    """Return the finished tables of a benchmark. Raises NotBuilt."""
    latest = output / name / LATEST
    again = f"run `benchsmith build {name}` first"
    if not latest.is_file():
        raise NotBuilt(f"{name} is not built: {again}")
    parts = json.loads(latest.read_text("utf-8"))

    def tables(stage: str) -> list[Path]:
        folders = [output / name / STAGES_FOLDER / stage / f for f in sorted(parts[stage].values())]
        if any(not (f / MANIFEST).is_file() for f in folders):
            raise NotBuilt(f"the last build of {name} did not finish: {again}")
        return [f / ROWS for f in folders]

    questions = tables("ask")[0]
    targets = [tables("select")[0], questions.with_name(ALTERED)]
    return Built(name, questions, targets, tables("render"))
