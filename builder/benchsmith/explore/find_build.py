"""A benchmark that is built: where its finished tables are, found without its sources' files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchsmith.core.build_files import LATEST, MANIFEST, ROWS, STAGES_FOLDER
from benchsmith.core.errors import EnvironmentFailed
from benchsmith.explore import question_rows
from benchsmith.explore.question_rows import Rows


class NotBuilt(EnvironmentFailed):
    """A benchmark is not built, or its build was stopped."""


@dataclass(frozen=True, slots=True)
class Built:
    """Finished tables of a benchmark's last build."""

    name: str
    asked: Path
    """Questions."""
    chosen: Path
    """Their targets."""
    drawn: Sequence[Path]
    """Their pictures, one file a source."""

    @contextmanager
    def rows(self) -> Iterator[Rows]:
        """Open the questions that have a picture."""
        with question_rows.built(self.asked, self.chosen, self.drawn) as rows:
            yield rows


def find(output: Path, name: str) -> Built:
    """Return a benchmark's finished tables. Raises NotBuilt."""
    latest = output / name / LATEST
    again = f"run `benchsmith build {name}` first"
    if not latest.is_file():
        raise NotBuilt(f"{name} is not built: {again}")
    parts = json.loads(latest.read_text("utf-8"))

    def tables(stage: str) -> list[Path]:
        folders = [output / name / STAGES_FOLDER / stage / f for f in sorted(parts[stage].values())]
        if any(not (f / MANIFEST).is_file() for f in folders):
            raise NotBuilt(f"the last build of {name} was stopped before its end: {again}")
        return [f / ROWS for f in folders]

    return Built(name, tables("ask")[0], tables("select")[0], tables("render"))
