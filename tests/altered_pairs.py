"""A project with altered questions, for tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import twice
from tests.command import benchsmith
from tests.conftest import Project, once
from tests.unaudited import unaudited

NAMES = {value: organ[0].partition("_")[0] for value, organ in twice.ORGANS.items()}
"""The label of each value of the phantoms' masks, as options spell it."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a built project with counterfactuals; tests must not change it."""

    def build(folder: Path) -> None:
        twice.write(folder)
        for name in ("erased", "plain"):
            kinds = "[erase]" if name == "erased" else "[]"
            text = (folder / "benchmarks/twice.yaml").read_text("utf-8")
            text = text.replace("[erase, move, mirror, turn, shift]", kinds)
            (folder / f"benchmarks/{name}.yaml").write_text(text, encoding="utf-8")
        for name in ("twice", "plain"):
            benchsmith("build", name, "--workers", "1", folder=folder)
        with unaudited():  # no test reads its verdicts
            benchsmith("build", "erased", "--workers", "1", folder=folder)

    return Project(once(tmp_path_factory, "twice", build))
