"""Releases with a hidden split and their answers, for tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from benchsmith.tables import record_tables
from tests import releases
from tests.conftest import Project, once


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project whose test split is hidden, written in every format."""

    def build(folder: Path) -> None:
        releases.write(folder, hidden=True).run("build", "small", "--workers", "1")

    made = Project(once(tmp_path_factory, "hidden", build))
    return made.copy(tmp_path_factory.mktemp("secret") / "project")


def private(project: Project) -> Path:
    return project.folder / "output/small/private"


@pytest.fixture(scope="module")
def answers(secret: Project) -> dict[str, dict[str, Any]]:
    """Return what is known of every hidden case, by its public id."""
    rows = pq.read_table(private(secret) / "answers.parquet").to_pylist()
    return {row["id"]: row for row in rows}


def stage(project: Project, name: str, noun: type, file: str = "rows.parquet") -> list[Any]:
    latest = json.loads((project.folder / "output/small/latest.json").read_text())
    folder = project.folder / "output/small/stages" / name
    return [
        row
        for part in latest[name].values()
        for row in record_tables.from_table(record_tables.read(folder / part / file), noun)
    ]


def shown(release: Path) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in pq.read_table(release / "data").to_pylist()}
